# The CUDA toolkit 12.4: NVIDIA's component wheels, packages of Debian's non-free archive, and the wheels whose
# libraries the image holds.
{
  wheels = [
    { name = "nvidia-cublas-cu12"; version = "12.4.131"; file = "nvidia_cublas_cu12-12.4.131-py3-none-manylinux2014_x86_64.whl"; pin = { name = "nvidia_cublas_cu12-12.4.131-py3-none-manylinux2014_x86_64.whl"; url = "https://files.example/nvidia_cublas_cu12-12.4.131-py3-none-manylinux2014_x86_64.whl"; sha256 = "422693b4eb1f086593b12e6d852957c906ece81b052b0302debf5cbdb8df05be"; }; }
    { name = "nvidia-cuda-nvcc-cu12"; version = "12.4.131"; file = "nvidia_cuda_nvcc_cu12-12.4.131-py3-none-manylinux2014_x86_64.whl"; pin = { name = "nvidia_cuda_nvcc_cu12-12.4.131-py3-none-manylinux2014_x86_64.whl"; url = "https://files.example/nvidia_cuda_nvcc_cu12-12.4.131-py3-none-manylinux2014_x86_64.whl"; sha256 = "8322452ca9c37c65a442ea87097c1585eabf9753d010a1c0b892cf0eddd46213"; }; }
    { name = "nvidia-cuda-runtime-cu12"; version = "12.4.131"; file = "nvidia_cuda_runtime_cu12-12.4.131-py3-none-manylinux2014_x86_64.whl"; pin = { name = "nvidia_cuda_runtime_cu12-12.4.131-py3-none-manylinux2014_x86_64.whl"; url = "https://files.example/nvidia_cuda_runtime_cu12-12.4.131-py3-none-manylinux2014_x86_64.whl"; sha256 = "8cfa8280f37ea1dc745f500ef78eb1bbc2832dc3e0110a8e34ce894b26d36910"; }; }
    { name = "nvidia-cufft-cu12"; version = "12.4.131"; file = "nvidia_cufft_cu12-12.4.131-py3-none-manylinux2014_x86_64.whl"; pin = { name = "nvidia_cufft_cu12-12.4.131-py3-none-manylinux2014_x86_64.whl"; url = "https://files.example/nvidia_cufft_cu12-12.4.131-py3-none-manylinux2014_x86_64.whl"; sha256 = "5e07019c8dfdd699d190bb0beb832dad06c443372ed45a0e587b4c47b8137075"; }; }
  ];
  debs = [
    { name = "nvidia-cuda-toolkit_12.4.131-12.4.1-2_amd64.deb"; url = "https://deb.example/debian/pool/main/n/nvidia-cuda-toolkit/nvidia-cuda-toolkit_12.4.131~12.4.1-2_amd64.deb"; sha256 = "b37a5d324772df5cebe36f8c6dc85266437dd929349f5fbca81a11efd168789d"; }
  ];
  runtime = [
    { name = "nvidia-cufft-cu12"; version = "12.4.131"; file = "nvidia_cufft_cu12-12.4.131-py3-none-manylinux2014_x86_64.whl"; pin = { name = "nvidia_cufft_cu12-12.4.131-py3-none-manylinux2014_x86_64.whl"; url = "https://files.example/nvidia_cufft_cu12-12.4.131-py3-none-manylinux2014_x86_64.whl"; sha256 = "5e07019c8dfdd699d190bb0beb832dad06c443372ed45a0e587b4c47b8137075"; }; }
  ];
}
