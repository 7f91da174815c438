. "$lay_out"
mkdir "$out"
cd "$out"
mkdir bin include lib
# Which wheel has a library: what links with one that an image lacks, is told.
for wheel in $wheels; do
  unzip -l "$wheel" | sed -n "s#.*/\(lib[^/]*\.so\.[^/]*\)\$#\1 ${names%% *}#p"
  names=${names#* }
  lay_out_wheel "$wheel" "$out"
done > /build/libraries
mkdir -p share/neve
sort -u /build/libraries > share/neve/libraries
printf '%s\n' "$versions" > version.json

# Debian's own package of the toolkit spreads it over /usr.
for deb in $debs; do
  export deb
  mkdir /build/deb
  enter "$tools" -- /bin/sh -euc '
    set -o pipefail
    name=$(ar t "$deb" | grep "^data.tar")
    case $name in
      *.xz) ar p "$deb" "$name" | /usr/bin/xz -dc ;;
      *.zst) ar p "$deb" "$name" | /usr/bin/zstd -dcq ;;
      *) ar p "$deb" "$name" ;;
    esac | /usr/bin/tar -x --no-same-owner --no-same-permissions -C /build/deb
  '
  own=/build/deb/usr/lib/nvidia-cuda-toolkit
  mkdir -p nvvm/bin nvvm/libdevice
  for program in /build/deb/usr/bin/*; do
    [ -L "$program" ] || cp -f "$program" bin/
  done
  cp -Rf "$own/bin/nvcc" "$own/bin/crt" bin/ # /usr/bin has a script that calls nvcc
  cp -f "$own/bin/cicc" nvvm/bin/
  cp -f "$own"/libdevice/* nvvm/libdevice/
  rm -rf /build/deb
done

# What the linker looks for: wheels have the names alone that programs load.
for library in lib/lib*.so.*; do
  name=${library%%.so.*}.so
  [ ! -e "$library" ] || [ -e "$name" ] || ln -s "${library#lib/}" "$name"
done
ln -s lib lib64
if [ -d nvvm ] && [ ! -e nvvm/lib64 ] && [ -e lib/libnvvm.so ]; then
  mkdir nvvm/lib64
  ln -s ../../lib/libnvvm.so nvvm/lib64/libnvvm.so
fi
chmod -R u+rwX,go=rX .
for program in bin/* nvvm/bin/*; do
  [ ! -f "$program" ] || [ "${program##*.}" = profile ] || chmod 755 "$program"
done
[ -e bin/nvcc ] || exit 0

[ -e bin/nvcc.profile ] || cat > bin/nvcc.profile <<'END'
TOP = $(_HERE_)/..
NVVMIR_LIBRARY_DIR = $(TOP)/nvvm/libdevice
LD_LIBRARY_PATH += $(TOP)/lib:
PATH += $(TOP)/nvvm/bin:$(_HERE_):
INCLUDES += "-I$(TOP)/include" $(_SPACE_)
LIBRARIES =+ $(_SPACE_) "-L$(TOP)/lib/stubs" "-L$(TOP)/lib"
END
# nvcc calls its intermediate files after its process, and what it makes keeps those names. Where it may have one, it gets
# a number that is always the same, and a directory of its own, since other calls have that number, too.
mv bin/nvcc bin/nvcc.real
cat > bin/nvcc <<END
#!/bin/sh
nvcc=\$(readlink -f "\$0").real
numbered() { $busybox/bin/busybox unshare -p -f "\$@"; }
directory=\${TMPDIR:-/tmp}/nvcc-\$(printf '%s\n' "\$PWD" "\$@" | sha256sum | cut -c 1-32)
if numbered $busybox/bin/busybox true 2> /dev/null && mkdir "\$directory" 2> /dev/null; then
  TMPDIR=\$directory numbered "\$nvcc" "\$@" && status=0 || status=\$?
  rm -rf "\$directory"
  exit \$status
fi
exec "\$nvcc" "\$@"
END
chmod 755 bin/nvcc
