# An OCI image layout (image-spec 1.1): index, manifest, config. Its blobs are relative links to the layers'
# store paths, so the layout takes no room of its own and works wherever the store lies.
{ run, ... }:
{
  layers,
  config, # the image configuration without `rootfs` and `history`
  annotations, # of the manifest
  names, # of the layers
}:
run {
  name = "oci";
  script = ../common/oci.sh;
  environment = {
    inherit layers;
  }
  // import ../common/oci-texts.nix { inherit config annotations names; };
}
