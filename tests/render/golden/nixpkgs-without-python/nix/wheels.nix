# The wheels that uv.lock chooses for each system, by layer, one line a wheel.
{
  x86_64-linux = [
  ];
  aarch64-linux = [
  ];
}
