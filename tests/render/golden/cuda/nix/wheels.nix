# The wheels that uv.lock chooses for CPython 3.13.5 on x86_64, by layer, one line a wheel.
[
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
]
