# What is built from source for each system, and the wheels that its build backend needs.
{
  x86_64-linux = {
    project = [
      { name = "hatchling"; version = "1.0"; file = "hatchling-1.0-py3-none-any.whl"; pin = { name = "hatchling-1.0-py3-none-any.whl"; url = "https://files.example/hatchling-1.0-py3-none-any.whl"; sha256 = "6f0bbe56f8f37347653e00f7c466e02a1c999bd6b196fa1cfd1ec6d3ed3657af"; }; }
    ];
    sdists = [
      {
        name = "docopt";
        version = "0.6.2";
        pin = { name = "docopt-0.6.2.tar.gz"; url = "https://files.example/docopt-0.6.2.tar.gz"; sha256 = "35b4eac3e7db07c15fe0ef53810c60ed53e0077ab02e824266c465e0059ea8b6"; };
        backend = { build-backend = "setuptools.build_meta"; backend-path = [ ]; };
        requirements = [
          { name = "setuptools"; version = "1.0"; file = "setuptools-1.0-py3-none-any.whl"; pin = { name = "setuptools-1.0-py3-none-any.whl"; url = "https://files.example/setuptools-1.0-py3-none-any.whl"; sha256 = "eb1239ab2e1d2e457e9e0322807fde95784d9441a4c4a02434f0cbb3a63a3474"; }; }
        ];
      }
      {
        name = "pycurl";
        version = "7.45";
        pin = { name = "pycurl-7.45.tar.gz"; url = "https://files.example/pycurl-7.45.tar.gz"; sha256 = "d8781dfd067f533c0a37d52df735601719f048766ef318eb6538840f7550ae40"; };
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
        name = "docopt";
        version = "0.6.2";
        pin = { name = "docopt-0.6.2.tar.gz"; url = "https://files.example/docopt-0.6.2.tar.gz"; sha256 = "35b4eac3e7db07c15fe0ef53810c60ed53e0077ab02e824266c465e0059ea8b6"; };
        backend = { build-backend = "setuptools.build_meta"; backend-path = [ ]; };
        requirements = [
          { name = "setuptools"; version = "1.0"; file = "setuptools-1.0-py3-none-any.whl"; pin = { name = "setuptools-1.0-py3-none-any.whl"; url = "https://files.example/setuptools-1.0-py3-none-any.whl"; sha256 = "eb1239ab2e1d2e457e9e0322807fde95784d9441a4c4a02434f0cbb3a63a3474"; }; }
        ];
      }
      {
        name = "pycurl";
        version = "7.45";
        pin = { name = "pycurl-7.45.tar.gz"; url = "https://files.example/pycurl-7.45.tar.gz"; sha256 = "d8781dfd067f533c0a37d52df735601719f048766ef318eb6538840f7550ae40"; };
        backend = { build-backend = "setuptools.build_meta"; backend-path = [ ]; };
        requirements = [
          { name = "setuptools"; version = "1.0"; file = "setuptools-1.0-py3-none-any.whl"; pin = { name = "setuptools-1.0-py3-none-any.whl"; url = "https://files.example/setuptools-1.0-py3-none-any.whl"; sha256 = "eb1239ab2e1d2e457e9e0322807fde95784d9441a4c4a02434f0cbb3a63a3474"; }; }
        ];
      }
    ];
  };
}
