# The layers of an image, bottom to top: [ { name; layer; } ]. What changes seldom lies below, so that a change of the
# project makes the last one anew; a group without members has no layer.
{
  lib,
  pkgs,
  layer,
  manylinux,
  ...
}:
{
  python,
  base, # packages of files
  packages, # system packages
  shell, # whether there are /bin/sh and /usr/bin/env
  wheels, # [ { name; paths; } ], a layer each
  sources, # store paths that were built from sources
  dependencies,
  root,
  user,
  compression,
}:
let
  bottom = [
    python
  ]
  ++ manylinux.core
  ++ base
  ++ lib.optionals shell [
    pkgs.bashInteractive
    (lib.getBin pkgs.coreutils)
  ];
  system = lib.concatMap (package: [
    (lib.getBin package)
    (lib.getLib package)
  ]) packages;
  installed = lib.concatMap (group: group.paths) wheels ++ sources;
  pack = name: arguments: {
    inherit name;
    layer = layer ({ inherit name compression; } // arguments);
  };
in
[ (pack "base" { roots = bottom; }) ]
++ lib.optional (packages != [ ]) (
  pack "system" {
    roots = system;
    below = bottom;
  }
)
# What wheels need of nixpkgs besides: their own paths come next, each group by itself.
++ lib.optional (installed != [ ]) (
  pack "libraries" {
    roots = installed;
    below = bottom ++ system;
    apart = installed;
  }
)
++ map (group: pack group.name { alone = group.paths; }) wheels
++ lib.optional (sources != [ ]) (pack "sources" { alone = sources; })
++ lib.optional (installed != [ ]) (
  pack "environment" {
    roots = [ dependencies ];
    below = bottom ++ system ++ installed;
  }
)
++ [
  (pack "project" {
    roots = [ root ];
    below = bottom ++ system ++ lib.optional (installed != [ ]) dependencies;
    # The tree itself lies at /, not in the store.
    apart = [ root ];
    tree = root;
    inherit user;
  })
]
