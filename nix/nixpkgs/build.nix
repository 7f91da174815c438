# A package that its own backend builds from source (PEP 517), in an environment of its locked build requirements.
{
  lib,
  pkgs,
  dependencies,
  environment,
  fetch,
  install,
  manylinux,
  storeName,
  wheel,
  ...
}:
{
  name,
  version ? null,
  python,
  source, # an archive or a directory
  subdirectory ? "", # of it, where the package lies
  pretend ? "", # NAME==VERSION where the version would be read off a repository
  backend, # { build-backend; backend-path; } as in pyproject.toml
  requirements, # the wheels of its build requirements
  packages ? [ ], # system packages: on PATH, to compile and to link with
  builders ? [ ], # packages to build with, which an image holds as far as the result refers to them
  toolkit ? null, # of CUDA, to compile with
  rust ? false, # whether cargo builds a part of it
  crates ? [ ], # of its Cargo.lock
}:
let
  inputs =
    packages
    ++ builders
    ++ lib.optionals rust [
      pkgs.cargo
      pkgs.rustc
    ];
  # Of the driver's library there is a stub to link with, and nothing that runs.
  compiling = lib.optionalAttrs (toolkit != null) (
    toolkit.environment // { NIX_LDFLAGS = "-L${toolkit.home}/lib/stubs"; }
  );
  stdenv = if toolkit == null then pkgs.stdenv else toolkit.stdenv;
  # Debug information names the headers that were read: the compiler and its headers would be in the image.
  compilers =
    let
      inherit (stdenv) cc;
    in
    builtins.filter (path: path != lib.getLib cc.cc && path != lib.getLib cc.libc) [
      cc
      cc.cc
      (lib.getDev cc.libc)
    ];
  requires = environment {
    inherit python;
    dependencies = dependencies {
      inherit python;
      wheels = map (wheel python) requirements;
    };
  };
  installed = install {
    inherit python;
    wheel = ''"$NIX_BUILD_TOP"/wheel/*.whl'';
    libraries = manylinux.all ++ inputs ++ lib.optionals (toolkit != null) toolkit.libraries;
    forgotten = compilers ++ lib.optionals (toolkit != null) toolkit.forgotten;
    beside = lib.optionals (toolkit != null) toolkit.beside;
  };
in
stdenv.mkDerivation (
  installed
  // {
    name = storeName python name version;
    src = source;
    nativeBuildInputs =
      installed.nativeBuildInputs
      ++ lib.optional (lib.hasSuffix ".zip" (source.name or "")) pkgs.unzip
      ++ inputs
      ++ lib.optional (toolkit != null) toolkit.home;
    backend = builtins.toJSON backend;
    env = lib.optionalAttrs (pretend != "") { inherit pretend; } // compiling;
    buildPhase = ''
      runHook preBuild
      mkdir "$NIX_BUILD_TOP/wheel" "$NIX_BUILD_TOP/home"
      export HOME=$NIX_BUILD_TOP/home MAX_JOBS=$NIX_BUILD_CORES CMAKE_BUILD_PARALLEL_LEVEL=$NIX_BUILD_CORES
      # Without -I, which would ignore the seed: what a backend keeps in a set has the same order in each build.
      export SOURCE_DATE_EPOCH=315532800 PYTHONHASHSEED=0
      unset PYTHONPATH
    ''
    + lib.optionalString (crates != [ ]) ''
      crates="${lib.concatMapStringsSep " " fetch crates}"
      . ${../common/vendor-crates.sh}
      vendor_crates
    ''
    + ''
      ${requires}/bin/python -s ${../common/build_wheel.py} "$PWD"${
        lib.optionalString (subdirectory != "") "/${lib.escapeShellArg subdirectory}"
      } "''${goal:-$NIX_BUILD_TOP/wheel}" > "$NIX_BUILD_TOP/said"
      runHook postBuild
    '';
  }
)
