# The wheels that uv.lock chooses for each system, by layer, one line a wheel.
{
  x86_64-linux = [
    {
      name = "wheels-6";
      wheels = [
        { name = "vendored"; version = "1.0"; file = "vendored-1.0-py3-none-any.whl"; pin = { name = "vendored-1.0-py3-none-any.whl"; path = "vendor/vendored-1.0-py3-none-any.whl"; sha256 = "a4aca2fb9640d68cd515279a55bcb83c4c582124e74c86f409d678788765def7"; }; }
      ];
    }
  ];
  aarch64-linux = [
    {
      name = "wheels-6";
      wheels = [
        { name = "vendored"; version = "1.0"; file = "vendored-1.0-py3-none-any.whl"; pin = { name = "vendored-1.0-py3-none-any.whl"; path = "vendor/vendored-1.0-py3-none-any.whl"; sha256 = "a4aca2fb9640d68cd515279a55bcb83c4c582124e74c86f409d678788765def7"; }; }
      ];
    }
  ];
}
