. "$lay_out"
mkdir -p toolkit/bin toolkit/include toolkit/lib
: > libraries
for wheel in $wheels; do
  name=${names%% *}
  names=${names#* }
  mkdir part
  lay_out_wheel "$wheel" part
  # Which wheel has a library: what links with one that an image lacks, is told.
  (cd part && find . -name 'lib*.so.*') | sed "s#.*/\(.*\)#\1 $name#" | sort >> libraries
  cp -R part/. toolkit/
  rm -rf part
done

# Debian's own package of the toolkit spreads it over /usr.
for deb in $debs; do
  mkdir deb
  export deb
  enter "$tools" -- /bin/sh -euc '
    set -o pipefail
    name=$(ar t "$deb" | grep "^data.tar")
    case $name in
      *.xz) ar p "$deb" "$name" | /usr/bin/xz -dc ;;
      *.zst) ar p "$deb" "$name" | /usr/bin/zstd -dcq ;;
      *) ar p "$deb" "$name" ;;
    esac | /usr/bin/tar -x --no-same-owner --no-same-permissions -C /build/deb
  '
  own=deb/usr/lib/nvidia-cuda-toolkit
  for program in deb/usr/bin/*; do
    [ -L "$program" ] || cp "$program" toolkit/bin/
  done
  mkdir -p toolkit/nvvm/bin toolkit/nvvm/libdevice toolkit/bin/crt
  cp "$own/bin/nvcc" toolkit/bin/nvcc # /usr/bin has a script that calls it
  cp "$own/bin/cicc" toolkit/nvvm/bin/
  cp "$own/bin/crt/"* toolkit/bin/crt/
  cp "$own/libdevice/"* toolkit/nvvm/libdevice/
  rm -rf deb
done

cd toolkit
# What the linker looks for; wheels have the names that programs load alone.
for library in lib/lib*.so.*; do
  [ ! -e "$library" ] || [ -e "${library%%.so.*}.so" ] || ln -s "${library#lib/}" "${library%%.so.*}.so"
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
if [ -e bin/nvcc ]; then
  if [ ! -e bin/nvcc.profile ]; then
    cat > bin/nvcc.profile <<'END'
TOP = $(_HERE_)/..
NVVMIR_LIBRARY_DIR = $(TOP)/nvvm/libdevice
LD_LIBRARY_PATH += $(TOP)/lib:
PATH += $(TOP)/nvvm/bin:$(_HERE_):
INCLUDES += "-I$(TOP)/include" $(_SPACE_)
LIBRARIES =+ $(_SPACE_) "-L$(TOP)/lib/stubs" "-L$(TOP)/lib"
END
  fi
  # nvcc calls its intermediate files after its process, and objects keep those names. Where it may, it gets a number
  # that is always the same, and since others have that too, a directory that is its own.
  mv bin/nvcc bin/nvcc.real
  cat > bin/nvcc <<END
#!/bin/sh
nvcc="\$(dirname "\$(readlink -f "\$0")")/nvcc.real"
number() { $busybox/bin/busybox unshare "\$@"; }
number -p -f $busybox/bin/busybox true 2> /dev/null || exec "\$nvcc" "\$@"
directory=\${TMPDIR:-/tmp}/nvcc-\$(printf '%s\n' "\$PWD" "\$@" | $busybox/bin/busybox md5sum | cut -c 1-32)
mkdir "\$directory" 2> /dev/null || exec "\$nvcc" "\$@"
TMPDIR=\$directory number -p -f "\$nvcc" "\$@"
status=\$?
rm -rf "\$directory"
exit \$status
END
  chmod 755 bin/nvcc
fi
cd ..
printf '%s\n' "$versions" > toolkit/version.json
mkdir -p toolkit/share/neve
sort -u libraries > toolkit/share/neve/libraries
cp -R toolkit "$out"
