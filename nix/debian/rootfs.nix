# The image's file system as a directory: its layers unpacked one over the other.
{ run, tools, ... }:
{
  name ? "rootfs",
  layers,
}:
run {
  inherit name;
  script = ./rootfs.sh;
  environment = { inherit tools layers; };
}
