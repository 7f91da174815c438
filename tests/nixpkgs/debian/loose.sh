. "$unpack"
unpack $debs
mkdir "$out"
cp -a root/usr/bin root/usr/lib "$out/"
loader=$(echo "$out"/lib/ld-linux-*.so.*)
cat > "$out/patchelf" <<END
#!$busybox/bin/sh
exec $loader --library-path $out/lib $out/bin/patchelf "\$@"
END
chmod +x "$out/patchelf"
