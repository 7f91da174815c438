# What is built from source, and what builds it: sources of an index and of repositories, then the project's directories.
{ lib }:
{
  sources = [
    {
      name = "gitty";
      version = "2.0";
      source = lib.fetch { name = "gitty"; url = "https://code.example/gitty"; rev = "0123456789012345678901234567890123456789"; hash = "sha256-BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA="; };
      subdirectory = "it's/py";
      pretend = "gitty==2.0";
      backend = { build-backend = "setuptools.build_meta"; backend-path = [ ]; };
      compiles = false;
      requirements = [
        { name = "setuptools"; version = "1.0"; file = "setuptools-1.0-py3-none-any.whl"; pin = { name = "setuptools-1.0-py3-none-any.whl"; url = "https://files.example/setuptools-1.0-py3-none-any.whl"; sha256 = "eb1239ab2e1d2e457e9e0322807fde95784d9441a4c4a02434f0cbb3a63a3474"; }; }
      ];
    }
  ];
  local = [
    {
      name = "member";
      version = null;
      source = lib.fetch {
        directory = "packages/member";
        files = [
          "member.py"
          "pyproject.toml"
        ];
      };
      backend = { build-backend = "setuptools.build_meta"; backend-path = [ ]; };
      compiles = false;
      requirements = [
        { name = "setuptools"; version = "1.0"; file = "setuptools-1.0-py3-none-any.whl"; pin = { name = "setuptools-1.0-py3-none-any.whl"; url = "https://files.example/setuptools-1.0-py3-none-any.whl"; sha256 = "eb1239ab2e1d2e457e9e0322807fde95784d9441a4c4a02434f0cbb3a63a3474"; }; }
      ];
    }
  ];
}
