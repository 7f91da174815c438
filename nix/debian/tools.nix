# GNU tar, zstd, igzip, xz and coreutils as a root directory to enter, unpacked from Debian's packages by busybox.
{
  run,
  fetch,
  pins,
  ...
}:
run {
  name = "tools";
  script = ./tools.sh;
  environment.debs = map fetch pins.tools;
}
