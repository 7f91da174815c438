# What `nix develop` opens: a shell that knows the image's file system ($NEVE_ROOTFS), and `image COMMAND …`, which
# runs a command in it with this directory at /app. Nix wants a builder named bash for that.
{
  system,
  busybox,
  tools,
  ...
}:
{ rootfs }:
derivation {
  name = "neve-shell";
  inherit system;
  outputs = [ "out" ]; # said in words, since `nix develop` reads it from the environment
  builder = "${tools}/usr/bin/bash";
  args = [
    "-c"
    "echo > $out"
  ];
  NEVE_ROOTFS = rootfs;
  shellHook = ''
    image() {
      ${busybox}/bin/sh ${./enter-image.sh} ${busybox} ${rootfs} "$PWD" "$@"
    }
    export -f image
    export PATH=$PATH:${busybox}/bin
  '';
}
