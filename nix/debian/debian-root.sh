mkdir -p "$out/root" "$out/lists"
export debs groups counts parent out unpack member configure alternatives compile
enter "$tools" -- /bin/sh -eu "$unpack"
# These run the root's own programs: ldconfig, openssl, dot, the interpreter.
enter "$out/root" -- /usr/sbin/ldconfig -X
if [ -e "$out/root/usr/bin/openssl" ]; then
  enter "$out/root" -- /usr/bin/openssl rehash /etc/ssl/certs
fi
if [ -e "$out/root/usr/bin/dot" ]; then # graphviz: which plugin draws what
  enter "$out/root" -- /usr/bin/dot -c
fi
rm -rf "$out/root/var/cache/ldconfig"
for python in "$out"/root/usr/bin/python3.*[0-9]; do
  name=${python##*/}
  if [ -x "$python" ] && [ -z "$parent" ]; then
    enter "$out/root" -- "/usr/bin/$name" -s -S "$compile" "/usr/lib/$name"
  fi
done
if [ -n "$interpreter" ]; then
  export interpreter minor
  enter "$tools" -- /bin/sh -eu "$unpack_interpreter"
  enter "$out/root" -- "/opt/python/bin/python$minor" -s -S -B "$relocate" /opt/python
  for library in "$out"/root/opt/python/lib/python3.*; do
    enter "$out/root" -- "/opt/python/bin/python$minor" -s -S "$compile" "${library#"$out/root"}"
  done
fi
chmod -R u+w "$out/root"
