# The wheels that uv.lock chooses for CPython 3.13.5 on x86_64, by layer, one line a wheel.
[
  {
    name = "nvidia-cublas-13.0.2.14";
    wheels = [
      { name = "nvidia-cublas"; version = "13.0.2.14"; file = "nvidia_cublas-13.0.2.14-py3-none-manylinux_2_27_x86_64.whl"; pin = { name = "nvidia_cublas-13.0.2.14-py3-none-manylinux_2_27_x86_64.whl"; url = "https://files.example/nvidia_cublas-13.0.2.14-py3-none-manylinux_2_27_x86_64.whl"; sha256 = "2cb1ea355f13346508dbcdebc771461acd9a52dc972a04330033447bdcf2ae01"; }; }
    ];
  }
]
