# The script names its parts by their places in Debian; alternatives has not run.
rm -f bin/fakeroot-tcp bin/faked-tcp
mv bin/fakeroot-sysv bin/fakeroot
sed -i -E "s#^(FAKEROOT_)?PREFIX=.*#PREFIX=$out#; s#^(FAKEROOT_)?BINDIR=.*#BINDIR=$out/bin#; s#/usr/bin/faked-sysv#$out/bin/faked-sysv#; s#^PATHS=.*#PATHS=$out/lib/libfakeroot#" bin/fakeroot
