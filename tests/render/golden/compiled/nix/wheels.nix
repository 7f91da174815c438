# The wheels that uv.lock chooses for CPython 3.13.5 on x86_64, by layer, one line a wheel.
[
  {
    name = "wheels-4";
    wheels = [
      { name = "requests"; version = "2.32.3"; file = "requests-2.32.3-py3-none-any.whl"; pin = { name = "requests-2.32.3-py3-none-any.whl"; url = "https://files.example/requests-2.32.3-py3-none-any.whl"; sha256 = "bd0c80ddb748e530fc1c4dec6b66909a820f246d37f72b3461438ce1fcd8a30a"; }; }
    ];
  }
]
