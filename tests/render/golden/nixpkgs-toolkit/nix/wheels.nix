# The wheels that uv.lock chooses for each system, by layer, one line a wheel.
{
  x86_64-linux = [
    {
      name = "numpy-2.2.1";
      wheels = [
        { name = "numpy"; version = "2.2.1"; file = "numpy-2.2.1-cp313-cp313-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl"; pin = { name = "numpy-2.2.1-cp313-cp313-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl"; url = "https://files.example/numpy-2.2.1-cp313-cp313-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl"; sha256 = "e27de909baeb0b4bfc991c78ea6e2bed85610f1e30f32c09cfe58f84a14b7754"; }; }
      ];
    }
    {
      name = "wheels-7";
      wheels = [
        { name = "nvidia-cuda-runtime"; version = "13.1.80"; file = "nvidia_cuda_runtime-13.1.80-py3-none-manylinux_2_27_x86_64.whl"; pin = { name = "nvidia_cuda_runtime-13.1.80-py3-none-manylinux_2_27_x86_64.whl"; url = "https://files.example/nvidia_cuda_runtime-13.1.80-py3-none-manylinux_2_27_x86_64.whl"; sha256 = "1791f562216ee81d4ed7e8f65bf792956d87c4533da3d6e4323a79f83bb0c116"; }; }
      ];
    }
  ];
  aarch64-linux = [
    {
      name = "numpy-2.2.1";
      wheels = [
        { name = "numpy"; version = "2.2.1"; file = "numpy-2.2.1-cp313-cp313-manylinux_2_27_aarch64.manylinux_2_28_aarch64.whl"; pin = { name = "numpy-2.2.1-cp313-cp313-manylinux_2_27_aarch64.manylinux_2_28_aarch64.whl"; url = "https://files.example/numpy-2.2.1-cp313-cp313-manylinux_2_27_aarch64.manylinux_2_28_aarch64.whl"; sha256 = "32188b073eebb906ec730214efe33b6754c38503fa3290e81e71db60ff7b90b1"; }; }
      ];
    }
    {
      name = "wheels-7";
      wheels = [
        { name = "nvidia-cuda-runtime"; version = "13.1.80"; file = "nvidia_cuda_runtime-13.1.80-py3-none-manylinux_2_27_aarch64.whl"; pin = { name = "nvidia_cuda_runtime-13.1.80-py3-none-manylinux_2_27_aarch64.whl"; url = "https://files.example/nvidia_cuda_runtime-13.1.80-py3-none-manylinux_2_27_aarch64.whl"; sha256 = "af056139fa6f2d7513190acd5ecc86c0c30db05f506a9d308ee34f6c54e92aa5"; }; }
      ];
    }
  ];
}
