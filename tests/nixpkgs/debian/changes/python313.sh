# The interpreter's own record of how it was built, and the headers of this machine, for extensions.
ln -s python3.13 bin/python3
ln -s python3.13 bin/python
rm -rf lib/python3.13/test lib/python3.13/idlelib lib/libpython3.13.a lib/python3.13/config-*
if [ -e include/python3.13/pyconfig.h ] && [ -d root/usr/include ]; then :; fi
sed -i -E "s#$triplet-(gcc|g\+\+|ar|ranlib)#\1#g; s#'/usr#'$out#g; s#=/usr#=$out#g" lib/python3.13/_sysconfigdata*.py
# Threads that end load it by name, where no cache of libraries exists.
"$loose/patchelf" --add-needed libgcc_s.so.1 bin/python3.13
