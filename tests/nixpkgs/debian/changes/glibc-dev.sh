# The linker's scripts name libraries by their places in Debian.
sed -i -E "s#/usr/lib/$triplet/#$out/lib/#g; s#/lib/$triplet/#$glibc/lib/#g; s#/lib64/#$glibc/lib/#g" lib/libc.so lib/libm.so
