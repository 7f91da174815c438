mkdir -p "$out/usr/bin" "$out/usr/sbin" "$out/usr/lib" "$out/usr/lib64" "$out/tmp" "$out/nix" "$out/proc" "$out/dev" "$out/build"
for name in bin sbin lib lib64; do
  ln -s "usr/$name" "$out/$name"
done
for deb in $debs; do
  mkdir one
  case $(ar t "$deb") in
    *data.tar.xz*) ar p "$deb" data.tar.xz | unxz | tar x -C one ;;
    *data.tar.gz*) ar p "$deb" data.tar.gz | gunzip | tar x -C one ;;
    *data.tar.bz2*) ar p "$deb" data.tar.bz2 | bunzip2 | tar x -C one ;;
    *) echo "$deb: its data.tar has a compression that busybox does not know" >&2; exit 1 ;;
  esac
  # Before trixie some packages still use the directories that merged /usr made links.
  for name in bin sbin lib lib64; do
    if [ -d "one/$name" ]; then
      mkdir -p "one/usr/$name"
      cp -a "one/$name/." "one/usr/$name/"
    fi
  done
  [ ! -d one/usr ] || cp -a one/usr/. "$out/usr/"
  rm -rf one
done
rm -rf "$out/usr/share/doc" "$out/usr/share/man" "$out/usr/share/locale" "$out/usr/share/info"
# `nix develop` wants a program of this name
ln -sf bash-static "$out/usr/bin/bash"
cp "$busybox/bin/busybox" "$out/usr/bin/busybox"
for name in $(busybox --list); do
  [ -e "$out/usr/bin/$name" ] || [ -L "$out/usr/bin/$name" ] || ln -s busybox "$out/usr/bin/$name"
done
