# What neve uses of nixpkgs' lib, at its top and in its parts.
let
  lists = import ./lists.nix;
  attrsets = import ./attrsets.nix;
  strings = import ./strings.nix { inherit lists attrsets; };
  fixedPoints = import ./fixed-points.nix;
  trivial = import ./trivial.nix;
  asserts.assertMsg = condition: message: condition || throw message;
  # The parts of a version.
  versions = import ./versions.nix { inherit lists; };
  meta = import ./meta.nix { inherit attrsets strings; };
in
# nixpkgs has the removed names in the parts alone.
lists
// removeAttrs attrsets [ "removeAttrs" ]
// removeAttrs strings [
  "escapeNixString"
  "fromJSON"
  "levenshtein"
  "levenshteinAtMost"
  "match"
  "parseDrvName"
  "split"
  "toJSON"
  "typeOf"
  "unsafeDiscardStringContext"
]
// fixedPoints
// removeAttrs trivial [ "release" ]
// asserts
// meta
// {
  inherit
    lists
    attrsets
    strings
    fixedPoints
    trivial
    meta
    asserts
    versions
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
