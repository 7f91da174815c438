# An OCI image index of several images, each for a platform, as one layout.
{ pkgs, ... }:
{
  ocis, # layouts of single images
  annotations, # of the index
}:
pkgs.runCommand "oci-index"
  {
    inherit ocis;
    annotations = builtins.toJSON annotations;
  }
  ''
    . ${../common/index.sh}
  ''
