# The image of hello for linux/amd64, linux/arm64: an index, a directory each.
{ }:
let
  native = import (./. + "/x86_64") { };
  images = {
    "x86_64" = native;
    "aarch64" = import (./. + "/aarch64") { inherit native; };
  };
  # Of one platform: for engines, and to look into.
  own = images."x86_64";
in
{
  inherit images;
  inherit (own)
    image
    rootfs
    env
    check
    packaged
    layers
    shell
    ;
  inherit (native) requires;
  oci = native.lib.index {
    ocis = [
      images."x86_64".oci
      images."aarch64".oci
    ];
    annotations = {
      "dev.neve.base" = "debian trixie";
      "org.opencontainers.image.title" = "hello";
      "org.opencontainers.image.version" = "1.0";
    };
  };
}
