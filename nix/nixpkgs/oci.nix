# An OCI image layout (image-spec 1.1). Its blobs are relative links to the layers' store paths.
{ pkgs, ... }:
{
  layers, # as layers.nix gives them
  config, # the image configuration without `rootfs` and `history`
  annotations, # of the manifest
}:
pkgs.runCommand "oci"
  (
    {
      layers = map (entry: entry.layer) layers;
    }
    // import ../common/oci-texts.nix {
      inherit config annotations;
      names = map (entry: entry.name) layers;
    }
  )
  ''
    . ${../common/oci.sh}
  ''
