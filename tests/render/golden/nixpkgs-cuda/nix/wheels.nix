# The wheels that uv.lock chooses for each system, by layer, one line a wheel.
{
  x86_64-linux = [
    {
      name = "nvidia-cublas-cu12-12.9.1.4";
      wheels = [
        { name = "nvidia-cublas-cu12"; version = "12.9.1.4"; file = "nvidia_cublas_cu12-12.9.1.4-py3-none-manylinux_2_27_x86_64.whl"; pin = { name = "nvidia_cublas_cu12-12.9.1.4-py3-none-manylinux_2_27_x86_64.whl"; url = "https://files.example/nvidia_cublas_cu12-12.9.1.4-py3-none-manylinux_2_27_x86_64.whl"; sha256 = "74f69eb43d21b9925433c586b08554ed0619da91c106f3192d2d5a5beccab2d7"; }; }
      ];
    }
    {
      name = "numpy-2.2.1";
      wheels = [
        { name = "numpy"; version = "2.2.1"; file = "numpy-2.2.1-cp313-cp313-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl"; pin = { name = "numpy-2.2.1-cp313-cp313-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl"; url = "https://files.example/numpy-2.2.1-cp313-cp313-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl"; sha256 = "e27de909baeb0b4bfc991c78ea6e2bed85610f1e30f32c09cfe58f84a14b7754"; }; }
      ];
    }
  ];
  aarch64-linux = [
    {
      name = "nvidia-cublas-cu12-12.9.1.4";
      wheels = [
        { name = "nvidia-cublas-cu12"; version = "12.9.1.4"; file = "nvidia_cublas_cu12-12.9.1.4-py3-none-manylinux_2_27_aarch64.whl"; pin = { name = "nvidia_cublas_cu12-12.9.1.4-py3-none-manylinux_2_27_aarch64.whl"; url = "https://files.example/nvidia_cublas_cu12-12.9.1.4-py3-none-manylinux_2_27_aarch64.whl"; sha256 = "7b069adec578f587d9a86e150ae8ce63ec8a5667c3ba57534eee9e862adf1610"; }; }
      ];
    }
    {
      name = "numpy-2.2.1";
      wheels = [
        { name = "numpy"; version = "2.2.1"; file = "numpy-2.2.1-cp313-cp313-manylinux_2_27_aarch64.manylinux_2_28_aarch64.whl"; pin = { name = "numpy-2.2.1-cp313-cp313-manylinux_2_27_aarch64.manylinux_2_28_aarch64.whl"; url = "https://files.example/numpy-2.2.1-cp313-cp313-manylinux_2_27_aarch64.manylinux_2_28_aarch64.whl"; sha256 = "32188b073eebb906ec730214efe33b6754c38503fa3290e81e71db60ff7b90b1"; }; }
      ];
    }
  ];
}
