# As debian-root.sh, with a directory where the CUDA toolkit is seen while something is built.
. "$debian_root"
mkdir -p "$out/root/usr/local/cuda"
