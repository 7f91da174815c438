# Of the sandbox's one user nothing can be given away, and nixpkgs' fakeroot does not stop at that.
sed -i "2i export FAKEROOTDONTTRYCHOWN=1" bin/fakeroot-sysv
# The script names its parts by their places in Debian, and calls what need not be on PATH.
rm -f bin/fakeroot-tcp bin/faked-tcp
mv bin/fakeroot-sysv bin/fakeroot
sed -i -E -e "s#^FAKEROOT_PREFIX=.*#FAKEROOT_PREFIX=$out#; s#^FAKEROOT_BINDIR=.*#FAKEROOT_BINDIR=$out/bin#" \
  -e "s#^PATHS=.*#PATHS=$out/lib/libfakeroot#; s#getopt #$(library util-linux)/bin/getopt #" bin/fakeroot
