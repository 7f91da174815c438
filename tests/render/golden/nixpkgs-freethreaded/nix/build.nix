# What is built from source for each system, and the wheels that its build backend needs.
{
  x86_64-linux = {
    project = [
      { name = "hatchling"; version = "1.0"; file = "hatchling-1.0-py3-none-any.whl"; pin = { name = "hatchling-1.0-py3-none-any.whl"; url = "https://files.example/hatchling-1.0-py3-none-any.whl"; sha256 = "6f0bbe56f8f37347653e00f7c466e02a1c999bd6b196fa1cfd1ec6d3ed3657af"; }; }
    ];
    sdists = [
    ];
  };
  aarch64-linux = {
    project = [
      { name = "hatchling"; version = "1.0"; file = "hatchling-1.0-py3-none-any.whl"; pin = { name = "hatchling-1.0-py3-none-any.whl"; url = "https://files.example/hatchling-1.0-py3-none-any.whl"; sha256 = "6f0bbe56f8f37347653e00f7c466e02a1c999bd6b196fa1cfd1ec6d3ed3657af"; }; }
    ];
    sdists = [
    ];
  };
}
