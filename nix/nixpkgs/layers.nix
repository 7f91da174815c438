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
  python, # null: none
  base, # packages of files
  packages, # system packages
  shell, # whether there are /bin/sh and /usr/bin/env
  wheels, # [ { name; paths; } ], a layer each
  sources, # store paths that were built from sources
  toolkit ? null, # of CUDA, that compiled the project and the sources
  dependencies,
  root,
  user,
  compression,
}:
let
  bottom = lib.optionals (python != null) ([ python ] ++ manylinux.core) ++ base
  ++ lib.optionals shell [
    pkgs.bashInteractive
    (lib.getBin pkgs.coreutils)
  ];
  system = lib.concatMap (package: [
    (lib.getBin package)
    (lib.getLib package)
  ]) packages;
  cuda = lib.optionals (toolkit != null) (toolkit.libraries ++ [ (lib.getLib toolkit.stdenv.cc.cc) ]);
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
# Of the libraries that come with what compiles, those that the image refers to. It comes before what changes with the
# project: it is read off the project, so it is made anew with it, and is the same unless the project links with
# something else.
++ lib.optional (toolkit != null) (
  pack "toolkit" {
    roots = [ root ];
    within = cuda;
    below = bottom ++ system;
  }
)
# What wheels need of nixpkgs besides: their own paths come next, each group by itself.
++ lib.optional (installed != [ ]) (
  pack "libraries" {
    roots = installed;
    below = bottom ++ system ++ cuda;
    apart = installed;
  }
)
++ map (group: pack group.name { alone = group.paths; }) wheels
++ lib.optional (sources != [ ]) (pack "sources" { alone = sources; })
++ lib.optional (installed != [ ]) (
  pack "environment" {
    roots = [ dependencies ];
    below = bottom ++ system ++ cuda ++ installed;
  }
)
++ [
  (pack "project" {
    roots = [ root ];
    below = bottom ++ system ++ cuda ++ lib.optional (installed != [ ]) dependencies;
    # The tree itself lies at /, not in the store.
    apart = [ root ];
    tree = root;
    inherit user;
  })
]
