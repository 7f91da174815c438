# Packages by nixpkgs' names, made of Debian's: each in a store path of its own, its programs and libraries pointing to
# the store paths that it needs. Without pins they have names and no builder.
{
  lib,
  system,
  pins,
}:
let
  wanted = lib.importJSON ./packages.json;
  triplet = "${builtins.head (lib.splitString "-" system)}-linux-gnu";
  fetch =
    {
      name,
      url,
      sha256,
    }:
    import <nix/fetchurl.nix> { inherit name url sha256; };
  busybox = derivation {
    inherit (pins.busybox) name;
    system = "builtin";
    builder = "builtin:fetchurl";
    url = "file:///the-fixture-puts-the-busybox-into-the-store";
    urls = [ ];
    unpack = false;
    executable = true;
    outputHashMode = "recursive";
    outputHashAlgo = "sha256";
    outputHash = pins.busybox.sha256;
    preferLocalBuild = true;
  };
  # A loader, its libraries and patchelf as they come: what makes programs run that know no path in the store.
  loose = derivation {
    name = "loose-patchelf";
    inherit system busybox triplet;
    builder = "${busybox}/bin/sh";
    args = [
      "-eu"
      ./loose.sh
    ];
    unpack = ./unpack.sh;
    debs = map fetch (
      pins.packages.glibc.debs ++ pins.packages.gcc-lib.debs ++ pins.packages.patchelf.debs
    );
  };

  # A change made to one package after it is unpacked and before its programs are patched.
  changes = builtins.readDir ./changes;

  make =
    name:
    {
      debs,
      needs,
      program ? null, # the name of a program that comes as one file
    }:
    let
      pin = pins.packages.${name};
      known = {
        inherit system;
        name = "${name}-${if pins == null then "1.0" else pin.version}";
      };
      built = derivation (
        if pins == null then
          known // { builder = "/this-stand-in-has-no-pins-and-builds-nothing"; }
        else
          known
          // {
            inherit busybox loose triplet;
            builder = "${busybox}/bin/sh";
            args = [
              "-eu"
              ./relocate.sh
            ];
            unpack = ./unpack.sh;
            change = if changes ? "${name}.sh" then ./changes + "/${name}.sh" else "";
            debs = map fetch pin.debs;
            called = name;
            program = if program == null then "" else fetch pin.program;
            libraries = map (need: packages.${need}) needs;
            glibc = if name == "glibc" then placeholder "out" else packages.glibc;
          }
      );
    in
    built
    // {
      pname = name;
      version = if pins == null then "1.0" else pin.version;
      outputs = [ "out" ];
      meta = {
        inherit (known) name;
        license = lib.licenses.gpl3Plus;
        mainProgram = name;
      };
    };
  packages = lib.mapAttrs make wanted;
in
packages
