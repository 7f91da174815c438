# What is built from source for each system, and the wheels that its build backend needs.
{
  x86_64-linux = {
    project = [
      { name = "setuptools"; version = "1.0"; file = "setuptools-1.0-py3-none-any.whl"; pin = { name = "setuptools-1.0-py3-none-any.whl"; url = "https://files.example/setuptools-1.0-py3-none-any.whl"; sha256 = "eb1239ab2e1d2e457e9e0322807fde95784d9441a4c4a02434f0cbb3a63a3474"; }; }
    ];
    sdists = [
    ];
  };
  aarch64-linux = {
    project = [
      { name = "setuptools"; version = "1.0"; file = "setuptools-1.0-py3-none-any.whl"; pin = { name = "setuptools-1.0-py3-none-any.whl"; url = "https://files.example/setuptools-1.0-py3-none-any.whl"; sha256 = "eb1239ab2e1d2e457e9e0322807fde95784d9441a4c4a02434f0cbb3a63a3474"; }; }
    ];
    sdists = [
    ];
  };
}
