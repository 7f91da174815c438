# Interpreters, with what nixpkgs says of them, and its sets of Python packages.
{
  lib,
  pkgs,
  record,
  named,
  relocated,
}:
let
  interpreter =
    minor: package:
    let
      version = "3.${minor}";
      python = package // rec {
        pythonVersion = version;
        libPrefix = "python${version}";
        executable = libPrefix;
        interpreter = "${package}/bin/${libPrefix}";
        sitePackages = "lib/${libPrefix}/site-packages";
        implementation = "cpython";
        pythonAttr = "python3${minor}";
        isPy3 = true;
        pythonOlder = lib.versionOlder version;
        pythonAtLeast = lib.versionAtLeast version;
        pkgs = packages python;
        withPackages =
          f: record "python3${minor}.withPackages" { packages = f pkgs; } (named "python3-env" { });
      };
    in
    python;

  packages =
    python:
    let
      build =
        function: arguments:
        record function arguments (
          pkgs.stdenv.mkDerivation (
            removeAttrs arguments [
              "build-system"
              "dependencies"
              "optional-dependencies"
              "disabled"
              "pyproject"
              "format"
              "pythonImportsCheck"
              "pythonRelaxDeps"
              "pythonRemoveDeps"
            ]
            // {
              nativeBuildInputs = arguments.nativeBuildInputs or [ ] ++ arguments.build-system or [ ];
              propagatedBuildInputs = arguments.propagatedBuildInputs or [ ] ++ arguments.dependencies or [ ];
            }
          )
        );
    in
    lib.recurseIntoAttrs (
      lib.genAttrs [
        "hatchling"
        "hypothesis"
        "jinja2"
        "jsonschema"
        "numpy"
        "packaging"
        "pip"
        "pydantic"
        "pytest"
        "requests"
        "rich"
        "setuptools"
        "tomlkit"
        "urllib3"
        "wheel"
      ] (name: named name { })
      // {
        inherit python;
        buildPythonPackage = build "buildPythonPackage";
        buildPythonApplication = build "buildPythonApplication";
      }
    );
in
rec {
  python311 = interpreter "11" (named "python3" { version = "3.11.99"; });
  python312 = interpreter "12" (named "python3" { version = "3.12.99"; });
  python313 = interpreter "13" relocated.python313;
  python314 = interpreter "14" (named "python3" { version = "3.14.99"; });
  python3 = python313;
  python311Packages = python311.pkgs;
  python312Packages = python312.pkgs;
  python313Packages = python313.pkgs;
  python314Packages = python314.pkgs;
  python3Packages = python3.pkgs;

  # What a wheel may expect of its host (PEP 599 and its predecessors).
  pythonManylinuxPackages = rec {
    manylinux2014 = [
      relocated.gcc-lib
      relocated.libGL
      relocated.libICE
      relocated.libSM
      relocated.libX11
      relocated.libXext
      relocated.libXrender
      relocated.expat
      relocated.glib
      relocated.glibc
      relocated.zlib
    ];
    manylinux2010 = manylinux2014;
    manylinux1 = manylinux2010 ++ [ relocated.libxcrypt-legacy ];
  };
}
