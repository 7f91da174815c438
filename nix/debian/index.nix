# An OCI image index of several images, each for a platform, as one layout.
{ run, ... }:
{
  ocis, # layouts of single images
  annotations, # of the index
}:
run {
  name = "oci-index";
  script = ../common/index.sh;
  environment = {
    inherit ocis;
    annotations = builtins.toJSON annotations;
  };
}
