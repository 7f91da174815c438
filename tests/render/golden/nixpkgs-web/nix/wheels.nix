# The wheels that uv.lock chooses for each system, by layer, one line a wheel.
{
  x86_64-linux = [
    {
      name = "torch-2.7.0+cu128";
      wheels = [
        { name = "torch"; version = "2.7.0+cu128"; file = "torch-2.7.0+cu128-cp313-cp313-manylinux_2_28_x86_64.whl"; pin = { name = "torch-2.7.0+cu128-cp313-cp313-manylinux_2_28_x86_64.whl"; url = "https://files.example/torch-2.7.0+cu128-cp313-cp313-manylinux_2_28_x86_64.whl"; sha256 = "ac97648f81fcf3671c230d065967c9226908a58f81537949bec387c8244058ea"; }; }
      ];
    }
    {
      name = "numpy-2.2.1";
      wheels = [
        { name = "numpy"; version = "2.2.1"; file = "numpy-2.2.1-cp313-cp313-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl"; pin = { name = "numpy-2.2.1-cp313-cp313-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl"; url = "https://files.example/numpy-2.2.1-cp313-cp313-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl"; sha256 = "e27de909baeb0b4bfc991c78ea6e2bed85610f1e30f32c09cfe58f84a14b7754"; }; }
      ];
    }
    {
      name = "wheels-4";
      wheels = [
        { name = "requests"; version = "2.32.3"; file = "requests-2.32.3-py3-none-any.whl"; pin = { name = "requests-2.32.3-py3-none-any.whl"; url = "https://files.example/requests-2.32.3-py3-none-any.whl"; sha256 = "bd0c80ddb748e530fc1c4dec6b66909a820f246d37f72b3461438ce1fcd8a30a"; }; }
      ];
    }
    {
      name = "wheels-6";
      wheels = [
        { name = "urllib3"; version = "2.3.0"; file = "urllib3-2.3.0-py3-none-any.whl"; pin = { name = "urllib3-2.3.0-py3-none-any.whl"; url = "https://files.example/urllib3-2.3.0-py3-none-any.whl"; sha256 = "54655f2d425ec0b5dabb78015504a77b0ad76448e1ebf8cd9c415ce94606fc59"; }; }
      ];
    }
  ];
  aarch64-linux = [
    {
      name = "torch-2.7.0+cu128";
      wheels = [
        { name = "torch"; version = "2.7.0+cu128"; file = "torch-2.7.0+cu128-cp313-cp313-manylinux_2_28_aarch64.whl"; pin = { name = "torch-2.7.0+cu128-cp313-cp313-manylinux_2_28_aarch64.whl"; url = "https://files.example/torch-2.7.0+cu128-cp313-cp313-manylinux_2_28_aarch64.whl"; sha256 = "5e5da5aa7e7f85e6356e5ab6c57e1518d00875f5c4de871b18e6ad5585d74477"; }; }
      ];
    }
    {
      name = "numpy-2.2.1";
      wheels = [
        { name = "numpy"; version = "2.2.1"; file = "numpy-2.2.1-cp313-cp313-manylinux_2_27_aarch64.manylinux_2_28_aarch64.whl"; pin = { name = "numpy-2.2.1-cp313-cp313-manylinux_2_27_aarch64.manylinux_2_28_aarch64.whl"; url = "https://files.example/numpy-2.2.1-cp313-cp313-manylinux_2_27_aarch64.manylinux_2_28_aarch64.whl"; sha256 = "32188b073eebb906ec730214efe33b6754c38503fa3290e81e71db60ff7b90b1"; }; }
      ];
    }
    {
      name = "wheels-4";
      wheels = [
        { name = "requests"; version = "2.32.3"; file = "requests-2.32.3-py3-none-any.whl"; pin = { name = "requests-2.32.3-py3-none-any.whl"; url = "https://files.example/requests-2.32.3-py3-none-any.whl"; sha256 = "bd0c80ddb748e530fc1c4dec6b66909a820f246d37f72b3461438ce1fcd8a30a"; }; }
      ];
    }
    {
      name = "wheels-6";
      wheels = [
        { name = "urllib3"; version = "2.3.0"; file = "urllib3-2.3.0-py3-none-any.whl"; pin = { name = "urllib3-2.3.0-py3-none-any.whl"; url = "https://files.example/urllib3-2.3.0-py3-none-any.whl"; sha256 = "54655f2d425ec0b5dabb78015504a77b0ad76448e1ebf8cd9c415ce94606fc59"; }; }
      ];
    }
  ];
}
