# Debian's interpreter keeps what it installs elsewhere than others do; nixpkgs' has none of that.
ln -s python3.13 bin/python3
ln -s python3.13 bin/python
rm -rf lib/python3 lib/python3.13/sitecustomize.py lib/python3.13/EXTERNALLY-MANAGED lib/python3.13/test lib/python3.13/idlelib lib/python3.13/config-*
mkdir -p lib/python3.13/site-packages
cat > lib/python3.13/sitecustomize.py <<'END'
import site
import sys

if sys.prefix == sys.base_prefix:
    site.addsitedir(f"{sys.prefix}/lib/python3.13/site-packages")
END
sed -i "s/prefix_scheme = 'posix_local'/prefix_scheme = 'posix_prefix'/" lib/python3.13/sysconfig/__init__.py
# Its record of how it was built is what extensions are built by.
sed -i -E "s#$triplet-(gcc|g\+\+|ar|ranlib)#\1#g; s#'/usr#'$out#g; s#=/usr#=$out#g; s#/lib/$triplet#/lib#g" \
  lib/python3.13/_sysconfigdata*.py
# A program at fixed addresses: patchelf makes room for one change, and damages it with more at once.
"$loose/patchelf" --add-needed libgcc_s.so.1 bin/python3.13
finish() {
  find lib/python3.13 -name __pycache__ -prune -exec rm -rf {} +
  bin/python3.13 -I -S -m compileall -q -j 1 --invalidation-mode unchecked-hash lib/python3.13
}
