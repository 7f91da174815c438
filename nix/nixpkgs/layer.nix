# One layer of the image, as an OCI blob and its descriptor. It packs the closure of `roots`, without the closure of
# what lies `below` and without `apart`, and of it only what the closure of `within` has, where that names anything; the
# paths `alone`, without their closure; and the directory `tree`, at /.
{ lib, pkgs, ... }:
{
  name,
  roots ? [ ],
  within ? [ ],
  below ? [ ],
  apart ? [ ],
  alone ? [ ],
  tree ? null,
  user ? null, # { uid; gid; home; ... }: whose home in `tree` is
  compression, # "zstd" or "gzip"
}:
let
  graphs =
    name: paths:
    lib.concatLists (
      lib.imap0 (number: path: [
        "${name}-${toString number}"
        path
      ]) paths
    );
in
pkgs.runCommand "layer-${name}"
  {
    # Nix writes the closure of each path into a file of that name.
    exportReferencesGraph = graphs "roots" roots ++ graphs "within" within ++ graphs "below" below;
    inherit apart alone compression;
    tree = if tree == null then "" else tree;
    home = if user == null then "" else user.home;
    owner = if user == null then "" else "${toString user.uid}:${toString user.gid}";
    nativeBuildInputs = [ (if compression == "gzip" then pkgs.isa-l else pkgs.zstd) ];
  }
  ''
    . ${./layer.sh}
  ''
