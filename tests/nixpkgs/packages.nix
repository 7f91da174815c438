# The names of the stand-in. A package of packages.json is made of Debian's where there are pins; the others can be
# named and passed on, and say that they are none when they are built.
{
  lib,
  pkgs,
  system,
  config,
  overlays,
  pins,
}:
let
  record =
    function: arguments: result:
    result // { recorded = { inherit function arguments; }; };
  stand = { inherit lib pkgs record; };

  relocated = import ./debian { inherit lib system pins; };
  stdenvs = import ./stdenv {
    inherit
      lib
      config
      system
      record
      ;
    packages = relocated;
  };
  inherit (stdenvs) mkDerivation;

  named =
    pname: more:
    mkDerivation (
      {
        inherit pname;
        version = "1.0";
        buildCommand = ''
          echo "the stand-in for nixpkgs knows ${pname} only by name" >&2
          exit 1
        '';
      }
      // more
    );
in
removeAttrs relocated [
  # Parts that have no name of their own in nixpkgs.
  "gcc-lib"
  "glibc-dev"
  "libICE"
  "libSM"
  "libX11"
  "libXext"
  "libXrender"
  "pyelftools"
]
// lib.genAttrs [
  "cargo"
  "clang"
  "cmake"
  "ffmpeg"
  "gfortran"
  "git"
  "libGLU"
  "nix"
  "nodejs"
  "opencv"
  "pkg-config"
  "postgresql"
  "rustc"
] (name: named name { })
// lib.genAttrs [ "gcc13" "gcc14" "gcc15" ] (name: named name { })
// removeAttrs (import ./builders.nix stand) [ "shell" ]
// import ./fetchers.nix stand
// import ./python.nix (stand // { inherit named relocated; })
// import ./cuda.nix (stand // { inherit named; })
// import ./aliases.nix
// {
  inherit (stdenvs) stdenv stdenvNoCC;
  inherit
    lib
    pkgs
    config
    overlays
    system
    ;
  inherit (stdenvs.stdenv) hostPlatform buildPlatform targetPlatform;
  callPackage = lib.callPackageWith pkgs;
  runtimeShell = "${relocated.bash}/bin/bash";
  runtimeShellPackage = relocated.bash;
  dockerTools = import ./docker stand;
  autoPatchelfHook = import ./autopatchelf stand;

  bashInteractive = relocated.bash;
  gcc = stdenvs.stdenv.cc;
  # What config must allow.
  unrar = named "unrar" { meta.license = lib.licenses.unfree; };
  # As in nixpkgs, the name is not the attribute's.
  elasticsearch7 = named "elasticsearch" { meta.license = lib.licenses.unfree; };
  broken = named "broken" { meta.broken = true; };
  # A set of packages without a package of its own.
  xorg = lib.recurseIntoAttrs {
    inherit (relocated)
      libX11
      libXext
      libXrender
      libICE
      libSM
      ;
  };
  libx11 = relocated.libX11;
}
