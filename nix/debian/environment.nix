# The Python environment alone, as a directory with opt/venv, unpacked from the image's own layers.
{ rootfs, ... }:
{ layers }:
rootfs {
  name = "environment";
  inherit layers;
}
