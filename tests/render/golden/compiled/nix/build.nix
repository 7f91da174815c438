# What is built from source, and what builds it: sources of an index and of repositories, then the project's directories.
{ lib }:
{
  sources = [
    {
      name = "psycopg2";
      version = "2.9";
      source = lib.fetch { name = "psycopg2-2.9.tar.gz"; url = "https://files.example/psycopg2-2.9.tar.gz"; sha256 = "fab0aa1ea2ef206f8c2c8e0ebb5169639986f8c9961cf5bc3f355ce0032b65b9"; };
      backend = { build-backend = "setuptools.build_meta"; backend-path = [ ]; };
      compiles = true;
      requirements = [
        { name = "setuptools"; version = "1.0"; file = "setuptools-1.0-py3-none-any.whl"; pin = { name = "setuptools-1.0-py3-none-any.whl"; url = "https://files.example/setuptools-1.0-py3-none-any.whl"; sha256 = "eb1239ab2e1d2e457e9e0322807fde95784d9441a4c4a02434f0cbb3a63a3474"; }; }
      ];
    }
    {
      name = "rpds-py";
      version = "0.30";
      source = lib.fetch { name = "rpds_py-0.30.tar.gz"; url = "https://files.example/rpds_py-0.30.tar.gz"; sha256 = "5ec94e02ac2c4aa630e5021437284e78f7dbd98c64c500bd495eeb4a77181f1b"; };
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
