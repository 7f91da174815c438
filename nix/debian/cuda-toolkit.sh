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
  export deb member
  mkdir /build/deb
  enter "$tools" -- /bin/sh -euc '
    set -o pipefail
    . "$member"
    member "$deb" data.tar | /usr/bin/tar -x --no-same-owner --no-same-permissions -C /build/deb
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
# Functions that newer C libraries declare as well, and say that they raise no exceptions: of glibc 2.41, and of 2.42.
# Headers of CUDA that are older than these say otherwise, which nvcc refuses: until 12.9 of all, in 13.0 and 13.1 of
# rsqrt alone.
functions=include/crt/math_functions.h
if [ -e "$functions" ] && grep -qE ' ((sin|cos)pi|rsqrt)f?\((double|float) x\);$' "$functions"; then
  cat > /build/declared.h <<'END'
#define NEVE_SINCE_2_41
#define NEVE_SINCE_2_42
#if !defined(__CUDACC_RTC__) && defined(__linux__)
#include <features.h>
#if __GLIBC_PREREQ(2, 41)
#undef NEVE_SINCE_2_41
#define NEVE_SINCE_2_41 noexcept(true)
#endif
#if __GLIBC_PREREQ(2, 42)
#undef NEVE_SINCE_2_42
#define NEVE_SINCE_2_42 noexcept(true)
#endif
#endif
END
  sed -i -E -e 's/ ((sin|cos)pif?\((double|float) x\));$/ \1 NEVE_SINCE_2_41;/' \
    -e 's/ (rsqrtf?\((double|float) x\));$/ \1 NEVE_SINCE_2_42;/' \
    -e '/^#include "host_defines.h"/r /build/declared.h' "$functions"
fi
# That of 12.4 reads no NVCC_CCBIN, and where no wheel has the static runtime, which is its default, it links with the
# shared one.
runtime=
if [ ! -e lib/libcudart_static.a ] && [ -e lib/libcudart.so ]; then
  runtime=shared
  [ -e lib/libcudadevrt.a ] || printf '!<arch>\n' > lib/libcudadevrt.a # an archive of nothing: it is always linked with
fi
mv bin/nvcc bin/nvcc.real
sed "s#@busybox@#$busybox/bin/busybox#; s#@runtime@#$runtime#" "$nvcc" > bin/nvcc
chmod 755 bin/nvcc
