# As debian-root.sh, to build with the CUDA toolkit: with the directory where that is seen, and a stub of the driver's
# library to link with, which NVIDIA's wheels lack. It has every name that the headers say, also for streams of a thread
# (_ptds, _ptsz).
. "$debian_root"
mkdir -p "$out/root/usr/local/cuda" "$out/root/usr/local/lib"
for compiler in "$out"/root/usr/bin/g++-[0-9]*; do
  [ -x "$compiler" ] && [ -e "$toolkit/include/cuda.h" ] || continue
  find "$toolkit/include" -maxdepth 1 -name 'cuda*.h' -exec cat '{}' + | grep -oE '\bcu[A-Z][A-Za-z0-9_]*' | sort -u |
    sed 'h; p; s/$/_ptds/p; g; s/$/_ptsz/' | sort -u |
    awk '{ print ".globl " $1 "\n.type " $1 ", @function\n" $1 ":" } END { print ".section .note.GNU-stack" }' > stub.s
  enter "$out/root" -- "/usr/bin/${compiler##*/}" -shared -nostdlib -Wl,-soname,libcuda.so.1 \
    -o "$out/root/usr/local/lib/libcuda.so" stub.s
  break
done
