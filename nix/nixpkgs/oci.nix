# An OCI image layout (image-spec 1.1). Its blobs are relative links to the layers' store paths.
{ pkgs, ... }:
{
  layers, # as layers.nix gives them
  config, # the image configuration without `rootfs` and `history`
  annotations, # of the manifest
}:
pkgs.runCommand "oci"
  {
    layers = map (entry: entry.layer) layers;
    config = builtins.toJSON config;
    annotations = builtins.toJSON annotations;
    histories = builtins.toJSON (
      map (entry: {
        inherit (config) created;
        created_by = "neve: ${entry.name}";
      }) layers
    );
    platform = builtins.toJSON { inherit (config) architecture os; };
  }
  ''
    . ${../common/oci.sh}
  ''
