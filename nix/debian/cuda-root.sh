. "$lay_out"
mkdir -p "$out"
cp -a "$parent/root" "$parent/lists" "$out/"
chmod -R u+w "$out"
root=$out/root
libraries=$root/usr/local/cuda-$version/lib64
mkdir -p "$libraries"
for wheel in $wheels; do
  mkdir part
  lay_out_wheel "$wheel" part
  # What is linked with statically, headers and names that the linker alone looks for run nothing.
  (cd part && find lib ! -type d -name '*.so.*') | while read -r file; do
    mkdir -p "$libraries/$(dirname "${file#lib/}")"
    cp "part/$file" "$libraries/${file#lib/}"
  done
  rm -rf part
done
chmod -R u+rwX,go=rX "$root/usr/local"
ln -s "cuda-$version" "$root/usr/local/cuda"
echo /usr/local/cuda/lib64 > "$root/etc/ld.so.conf.d/neve-cuda.conf"
if [ -z "$native" ]; then
  enter "$root" -- /usr/sbin/ldconfig -X
  rm -rf "$root/var/cache/ldconfig"
else
  enter "$native/root" -- "$python" -s -S "$ldconfig" "$root"
fi
