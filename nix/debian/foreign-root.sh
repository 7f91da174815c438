# As debian-root.sh, for a root whose programs do not run here: those of $native, the same root for this machine, do what
# its own would.
mkdir -p "$out/root" "$out/lists"
export debs groups counts parent out unpack member configure alternatives compile
enter "$tools" -- /bin/sh -eu "$unpack"
if [ -n "$interpreter" ]; then
  export interpreter minor
  enter "$tools" -- /bin/sh -eu "$unpack_interpreter"
  enter "$native/root" -- "$python" -s -S -B "$relocate" /opt/python "$out/root/opt/python"
fi
enter "$native/root" -- "$python" -s -S "$ldconfig" "$out/root"
if [ -e "$out/root/usr/bin/openssl" ]; then
  certificates=usr/share/ca-certificates
  enter "$native/root" "$out/root/etc/ssl/certs=/etc/ssl/certs" "$out/root/$certificates=/$certificates" -- \
    /usr/bin/openssl rehash /etc/ssl/certs
fi
if [ -e "$out/root/usr/bin/dot" ]; then # graphviz: which plugin draws what
  for file in "$native"/root/usr/lib/*/graphviz/config[0-9]*; do
    cp "$file" "$out"/root/usr/lib/*/graphviz/
  done
fi
# compile_library DIRECTORY: at its own path, with what the interpreter loads of its own for this machine.
compile_library() {
  loads=
  [ ! -d "$native/root$1/lib-dynload" ] || loads="$native/root$1/lib-dynload=$1/lib-dynload"
  enter "$native/root" "$out/root$1=$1" $loads -- "$python" -s -S "$compile" "$1"
}
if [ -z "$parent" ]; then
  for library in "$out"/root/usr/lib/python3.*[0-9] "$out"/root/opt/python/lib/python3.*; do
    [ ! -d "$library" ] || compile_library "${library#"$out/root"}"
  done
fi
chmod -R u+w "$out/root"
