# A real nixpkgs tree (./nixpkgs) where nothing of it can be downloaded. What it has as files and does not wire is
# wired. With pins beside the stand-in (./stand-in), the leaf packages and what stdenv starts from are Debian's
# programs, so that the tree's own setup script, wrappers, hooks, dockerTools and shells run.
{
  system ? builtins.currentSystem,
  config ? { },
  overlays ? [ ],
}:
let
  tree = ./nixpkgs;
  lib = import (tree + "/lib");
  file = path: tree + "/pkgs/build-support/${path}";
  standIn = import ./stand-in { inherit system; };
  relocated = import ./stand-in/debian {
    inherit lib system;
    pins = pins.${system} or null;
  };
  pins =
    if builtins.pathExists ./stand-in/pins.json then lib.importJSON ./stand-in/pins.json else { };

  # Calls a file with what the tree has; what it lacks is an error where it is used.
  call =
    pkgs: path: given:
    let
      f = import path;
      lacking = lib.genAttrs (lib.filter (name: !(pkgs ? ${name})) (lib.attrNames (lib.functionArgs f))) (
        name: throw "this tree of nixpkgs has no ${name}"
      );
      optional = lib.filterAttrs (name: hasDefault: !hasDefault) (lib.functionArgs f);
    in
    pkgs.callPackage f (builtins.intersectAttrs optional lacking // given);

  wiring =
    pkgs: previous:
    {
      closureInfo = previous.closureInfo or (call pkgs (file "closure-info.nix") { });
      mkShell = previous.mkShell or (call pkgs (file "mkshell") { });
      mkShellNoCC = previous.mkShellNoCC or (pkgs.mkShell.override { stdenv = pkgs.stdenvNoCC; });
      dockerTools =
        previous.dockerTools or (call pkgs (file "docker") {
          go.GOARCH = standIn.stdenv.hostPlatform.go.GOARCH;
          # The tree's own checks the script's style with packages that it lacks.
          writePython3 =
            name: _: script:
            pkgs.writeScript name "#!${pkgs.python3.interpreter}\n${builtins.readFile script}";
        });
      pythonManylinuxPackages =
        previous.pythonManylinuxPackages
          or (call pkgs (tree + "/pkgs/by-name/py/python/manylinux") { inherit lib pkgs; });
      referencesByPopularity =
        previous.referencesByPopularity or (call pkgs (file "references-by-popularity") { });
    }
    # Part of a tree may be there without what it calls.
    // lib.optionalAttrs (!(previous ? libglvnd)) { inherit (standIn) libGL; }
    // lib.optionalAttrs (!(lib.teams ? gnome)) { inherit (standIn) glib; }
    // lib.filterAttrs (name: _: !(previous ? ${name})) {
      inherit (standIn)
        autoAddDriverRunpath
        bubblewrap
        cudaPackages
        cudaPackages_12_6
        cudaPackages_12_8
        cudaPackages_12_9
        cudaPackages_13_0
        fakeroot
        ffmpeg
        hello
        iana-etc
        isa-l
        pigz
        tree
        uv
        ;
    };

  glibc = relocated.glibc // {
    dev = relocated.glibc-dev;
    bin = relocated.glibc;
    static = relocated.glibc-dev;
  };

  # The tree's last stage, and the only one: its stdenv has Debian's programs.
  stages =
    {
      localSystem,
      config,
      overlays,
      ...
    }:
    let
      make =
        arguments:
        import (tree + "/pkgs/stdenv/generic") (
          {
            inherit config;
            inherit (standIn.stdenv) initialPath shell;
            buildPlatform = localSystem;
            hostPlatform = localSystem;
            targetPlatform = localSystem;
            fetchurlBoot = import (tree + "/pkgs/build-support/fetchurl/boot.nix") {
              inherit (localSystem) system;
            };
            extraNativeBuildInputs = [ relocated.patchelf ];
            overrides = leaves;
          }
          // arguments
        );
      stdenvNoCC = make {
        cc = null;
        hasCC = false;
      };
      bintools = import (file "bintools-wrapper") {
        name = "bintools";
        inherit lib stdenvNoCC;
        bintools = relocated.binutils;
        libc = glibc;
        nativeTools = false;
        nativeLibc = false;
        inherit (relocated) coreutils gnugrep;
        expand-response-params = "";
        runtimeShell = standIn.stdenv.shell;
      };
      cc = import (file "cc-wrapper") {
        name = "gcc-wrapper";
        inherit lib stdenvNoCC bintools;
        cc = relocated.gcc // {
          lib = relocated.gcc-lib;
          isGNU = true;
        };
        isGNU = true;
        libc = glibc;
        nativeTools = false;
        nativeLibc = false;
        inherit (relocated) coreutils gnugrep;
        expand-response-params = "";
        runtimeShell = standIn.stdenv.shell;
      };
      leaves =
        pkgs: previous:
        removeAttrs relocated [
          "binutils"
          "gcc"
          "gcc-lib"
          "glibc"
          "glibc-dev"
          "libICE"
          "libSM"
          "libX11"
          "libXext"
          "libXrender"
          "pyelftools"
          "python313"
        ]
        // {
          inherit bintools glibc;
          gcc = cc;
          inherit (standIn) nix;
          bashInteractive = relocated.bash;
          python313 = python;
          python3 = python;
          runtimeShell = "${relocated.bash}/bin/bash";
          xorg = previous.xorg // {
            inherit (relocated)
              libICE
              libSM
              libX11
              libXext
              libXrender
              ;
            lndir = pkgs.writeScriptBin "lndir" (
              "#!${relocated.bash}/bin/bash\n" + builtins.readFile ./stand-in/lndir.sh
            );
          };
        };
      python = standIn.python313 // {
        # Where the tree's functions ask for packages, they ask for this one.
        withPackages =
          _:
          derivation {
            name = "python3-with-pyelftools";
            inherit system;
            builder = standIn.stdenv.shell;
            args = [
              "-eu"
              ./stand-in/with-pyelftools.sh
            ];
            inherit (relocated) coreutils pyelftools;
            python = standIn.python313.interpreter;
          };
      };
    in
    [
      (_: {
        inherit config overlays;
        stdenv = make { inherit cc; };
      })
    ];
in
import (tree + "/pkgs/top-level") (
  {
    localSystem = { inherit system; };
    inherit config;
    overlays = [ wiring ] ++ overlays;
  }
  // lib.optionalAttrs (pins != { }) { stdenvStages = stages; }
)
