# What is built from source, and what builds it: sources of an index and of repositories, then the project's directories.
{ lib }:
{
  sources = [
    {
      name = "fast";
      version = "1.0";
      source = lib.fetch { name = "fast-1.0.tar.gz"; url = "https://files.example/fast-1.0.tar.gz"; sha256 = "72ec6536edfffe68b182d76c508cc2ef6807f2683bcd42a6eb0694d4f31f2871"; };
      backend = { build-backend = "setuptools.build_meta"; backend-path = [ ]; };
      compiles = true;
      crates = [
        { name = "tiny-0.1.0+x.crate"; url = "https://crates.example/tiny"; sha256 = "8950abfda7b727630760dd35bcf5c3daa7631aff223a90f7728c0d2521dde10c"; }
      ];
      requirements = [
        { name = "setuptools"; version = "1.0"; file = "setuptools-1.0-py3-none-any.whl"; pin = { name = "setuptools-1.0-py3-none-any.whl"; url = "https://files.example/setuptools-1.0-py3-none-any.whl"; sha256 = "eb1239ab2e1d2e457e9e0322807fde95784d9441a4c4a02434f0cbb3a63a3474"; }; }
      ];
    }
  ];
  local = [ ];
}
