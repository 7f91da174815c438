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
    minor: package: freeThreading:
    let
      version = "3.${minor}";
      python = package // rec {
        pythonVersion = version;
        libPrefix = "python${version}${lib.optionalString freeThreading "t"}";
        executable = libPrefix;
        interpreter = "${package}/bin/${libPrefix}";
        sitePackages = "lib/${libPrefix}/site-packages";
        implementation = "cpython";
        pythonAttr = "python3${minor}${lib.optionalString freeThreading "FreeThreading"}";
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
  python311 = interpreter "11" (named "python3" { version = "3.11.99"; }) false;
  python312 = interpreter "12" (named "python3" { version = "3.12.99"; }) false;
  python313 = interpreter "13" relocated.python313 false;
  python314 = interpreter "14" (named "python3" { version = "3.14.99"; }) false;
  python313FreeThreading = interpreter "13" (named "python3" { version = "3.13.99"; }) true;
  python314FreeThreading = interpreter "14" (named "python3" { version = "3.14.99"; }) true;
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
