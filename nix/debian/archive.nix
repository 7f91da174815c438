# One file that `docker load` and `podman load` take: the layout as a tar, with the manifest.json that docker reads.
{ run, tools, ... }:
{
  oci,
  name, # the reference to load it under
}:
run {
  name = "image.tar";
  script = ./archive.sh;
  environment = {
    inherit tools oci;
    reference = name;
  };
}
