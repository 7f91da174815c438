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
    export PATH=$PATH:${busybox}/bin
  '';
}
