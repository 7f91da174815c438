# What is built from source for each system, and the wheels that its build backend needs.
{
  x86_64-linux = {
    project = [
      { name = "hatchling"; version = "1.0"; file = "hatchling-1.0-py3-none-any.whl"; pin = { name = "hatchling-1.0-py3-none-any.whl"; url = "https://files.example/hatchling-1.0-py3-none-any.whl"; sha256 = "6f0bbe56f8f37347653e00f7c466e02a1c999bd6b196fa1cfd1ec6d3ed3657af"; }; }
    ];
    sdists = [
      {
        name = "gitty";
        version = "2.0";
        pin = { name = "gitty"; url = "https://code.example/gitty"; rev = "0123456789012345678901234567890123456789"; hash = "sha256-BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA="; };
        subdirectory = "it's/py";
        pretend = "gitty==2.0";
        backend = { build-backend = "setuptools.build_meta"; backend-path = [ ]; };
        requirements = [
          { name = "setuptools"; version = "1.0"; file = "setuptools-1.0-py3-none-any.whl"; pin = { name = "setuptools-1.0-py3-none-any.whl"; url = "https://files.example/setuptools-1.0-py3-none-any.whl"; sha256 = "eb1239ab2e1d2e457e9e0322807fde95784d9441a4c4a02434f0cbb3a63a3474"; }; }
        ];
      }
      {
        name = "member";
        version = null;
        pin = {
          directory = "packages/member";
          files = null;
        };
        backend = { build-backend = "setuptools.build_meta"; backend-path = [ ]; };
        requirements = [
          { name = "setuptools"; version = "1.0"; file = "setuptools-1.0-py3-none-any.whl"; pin = { name = "setuptools-1.0-py3-none-any.whl"; url = "https://files.example/setuptools-1.0-py3-none-any.whl"; sha256 = "eb1239ab2e1d2e457e9e0322807fde95784d9441a4c4a02434f0cbb3a63a3474"; }; }
        ];
      }
    ];
  };
  aarch64-linux = {
    project = [
      { name = "hatchling"; version = "1.0"; file = "hatchling-1.0-py3-none-any.whl"; pin = { name = "hatchling-1.0-py3-none-any.whl"; url = "https://files.example/hatchling-1.0-py3-none-any.whl"; sha256 = "6f0bbe56f8f37347653e00f7c466e02a1c999bd6b196fa1cfd1ec6d3ed3657af"; }; }
    ];
    sdists = [
      {
        name = "gitty";
        version = "2.0";
        pin = { name = "gitty"; url = "https://code.example/gitty"; rev = "0123456789012345678901234567890123456789"; hash = "sha256-BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA="; };
        subdirectory = "it's/py";
        pretend = "gitty==2.0";
        backend = { build-backend = "setuptools.build_meta"; backend-path = [ ]; };
        requirements = [
          { name = "setuptools"; version = "1.0"; file = "setuptools-1.0-py3-none-any.whl"; pin = { name = "setuptools-1.0-py3-none-any.whl"; url = "https://files.example/setuptools-1.0-py3-none-any.whl"; sha256 = "eb1239ab2e1d2e457e9e0322807fde95784d9441a4c4a02434f0cbb3a63a3474"; }; }
        ];
      }
      {
        name = "member";
        version = null;
        pin = {
          directory = "packages/member";
          files = null;
        };
        backend = { build-backend = "setuptools.build_meta"; backend-path = [ ]; };
        requirements = [
          { name = "setuptools"; version = "1.0"; file = "setuptools-1.0-py3-none-any.whl"; pin = { name = "setuptools-1.0-py3-none-any.whl"; url = "https://files.example/setuptools-1.0-py3-none-any.whl"; sha256 = "eb1239ab2e1d2e457e9e0322807fde95784d9441a4c4a02434f0cbb3a63a3474"; }; }
        ];
      }
    ];
  };
}
