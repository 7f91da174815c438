# What neve uses of nixpkgs' lib, at its top and in its parts.
let
  lists = import ./lists.nix;
  attrsets = import ./attrsets.nix;
  strings = import ./strings.nix { inherit lists attrsets; };
  fixedPoints = import ./fixed-points.nix;
  trivial = import ./trivial.nix;
  meta = import ./meta.nix { inherit attrsets strings; };
in
lists // attrsets // strings // fixedPoints // trivial // meta // {
  inherit
    lists
    attrsets
    strings
    fixedPoints
    trivial
    meta
    ;
  licenses = import ./licenses.nix;
  systems.flakeExposed = [
    "x86_64-linux"
    "aarch64-linux"
  ];
  platforms.linux = [
    "x86_64-linux"
    "aarch64-linux"
  ];
}
