# stdenv: mkDerivation, its setup script, and the platform.
{
  lib,
  config,
  system,
  record,
  packages,
}:
let
  machine = builtins.head (lib.splitString "-" system);
  hostPlatform = {
    inherit system;
    config = "${machine}-unknown-linux-gnu";
    isLinux = true;
    isDarwin = false;
    isx86_64 = machine == "x86_64";
    isAarch64 = machine == "aarch64";
    is64bit = true;
    parsed.cpu.name = machine;
    linuxArch = if machine == "x86_64" then "x86_64" else "arm64";
    # As Go and Docker call it.
    go = {
      GOOS = "linux";
      GOARCH = if machine == "x86_64" then "amd64" else "arm64";
    };
    canExecute = other: other.system == system;
  };

  initialPath = [
    packages.coreutils
    packages.findutils
    packages.diffutils
    packages.gnused
    packages.gnugrep
    packages.gawk
    packages.gnutar
    packages.gzip
    packages.bzip2
    packages.gnumake
    packages.bash
    packages.patch
    packages.xz
    packages.file
  ];
  cc = packages.gcc // {
    cc = packages.gcc // {
      inherit (packages.gcc-lib) version;
      lib = packages.gcc-lib;
    };
    libc = packages.glibc // { dev = packages.glibc-dev; };
    bintools = packages.binutils;
    isGNU = true;
  };

  make =
    { name, cc }:
    let
      directory = derivation {
        inherit name system initialPath;
        builder = "${packages.bash}/bin/bash";
        args = [
          "-eu"
          ./make.sh
        ];
        setup = ./setup.sh;
        inherit (packages) bash coreutils;
        defaultNativeBuildInputs = [ packages.patchelf ] ++ lib.optional (cc != null) cc;
      };
    in
    directory
    // {
      inherit
        cc
        hostPlatform
        initialPath
        system
        ;
      buildPlatform = hostPlatform;
      targetPlatform = hostPlatform;
      shell = "${packages.bash}/bin/bash";
      shellPackage = packages.bash;
      hasCC = cc != null;
      mkDerivation = import ./derivation.nix {
        inherit
          lib
          config
          record
          system
          ;
        stdenv = directory;
        shell = "${packages.bash}/bin/bash";
      };
    };
  stdenv = make {
    name = "stdenv-linux";
    inherit cc;
  };
in
{
  inherit stdenv;
  inherit (stdenv) mkDerivation;
  stdenvNoCC = make {
    name = "stdenv-no-cc-linux";
    cc = null;
  };
}
