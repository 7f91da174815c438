# The wheels that uv.lock chooses for each system, by layer, one line a wheel.
{
  x86_64-linux = [
    {
      name = "numpy-2.3.1";
      wheels = [
        { name = "numpy"; version = "2.3.1"; file = "numpy-2.3.1-cp314-cp314t-manylinux_2_27_x86_64.whl"; pin = { name = "numpy-2.3.1-cp314-cp314t-manylinux_2_27_x86_64.whl"; url = "https://files.example/numpy-2.3.1-cp314-cp314t-manylinux_2_27_x86_64.whl"; sha256 = "8846c75723202f78fff4e62469dff86037506d24b1f3206d78eb3f58b9395318"; }; }
      ];
    }
    {
      name = "wheels-4";
      wheels = [
        { name = "requests"; version = "2.32.3"; file = "requests-2.32.3-py3-none-any.whl"; pin = { name = "requests-2.32.3-py3-none-any.whl"; url = "https://files.example/requests-2.32.3-py3-none-any.whl"; sha256 = "bd0c80ddb748e530fc1c4dec6b66909a820f246d37f72b3461438ce1fcd8a30a"; }; }
      ];
    }
  ];
  aarch64-linux = [
    {
      name = "numpy-2.3.1";
      wheels = [
        { name = "numpy"; version = "2.3.1"; file = "numpy-2.3.1-cp314-cp314t-manylinux_2_27_aarch64.whl"; pin = { name = "numpy-2.3.1-cp314-cp314t-manylinux_2_27_aarch64.whl"; url = "https://files.example/numpy-2.3.1-cp314-cp314t-manylinux_2_27_aarch64.whl"; sha256 = "b93629f6333ac0f65890151de1f6d254c050a3ffcab62df976dc2399e311cf85"; }; }
      ];
    }
    {
      name = "wheels-4";
      wheels = [
        { name = "requests"; version = "2.32.3"; file = "requests-2.32.3-py3-none-any.whl"; pin = { name = "requests-2.32.3-py3-none-any.whl"; url = "https://files.example/requests-2.32.3-py3-none-any.whl"; sha256 = "bd0c80ddb748e530fc1c4dec6b66909a820f246d37f72b3461438ce1fcd8a30a"; }; }
      ];
    }
  ];
}
