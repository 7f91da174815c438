. "$lay_out"
mkdir "$out"
cp -a "$parent/root" "$parent/lists" "$out/"
chmod -R u+w "$out"
local=$out/root/usr/local
mkdir -p "$local/cuda-$version/lib64" "$out/parts"
for wheel in $wheels; do
  lay_out_wheel "$wheel" "$out/parts"
done
# What is linked with statically, headers, and names that the linker alone looks for run nothing.
(cd "$out/parts/lib" && find . ! -type d -name '*.so.*') | while read -r file; do
  mkdir -p "$local/cuda-$version/lib64/${file%/*}"
  mv "$out/parts/lib/$file" "$local/cuda-$version/lib64/$file"
done
rm -rf "$out/parts"
chmod -R u+rwX,go=rX "$local"
ln -s "cuda-$version" "$local/cuda"
echo /usr/local/cuda/lib64 > "$out/root/etc/ld.so.conf.d/neve-cuda.conf"
if [ -z "$native" ]; then
  enter "$out/root" -- /usr/sbin/ldconfig -X
  rm -rf "$out/root/var/cache/ldconfig"
else
  enter "$native/root" -- "$python" -s -S "$ldconfig" "$out/root"
fi
