# Unpacks $debs to $out. Programs get glibc's loader, and all a RUNPATH of $out and $libraries: the store alone.
. "$unpack"
unpack $debs
mkdir "$out"
for name in bin etc include lib libexec share; do
  for place in "root/usr/$name" "root/$name"; do
    [ ! -d "$place" ] || { mkdir -p "$out/$name" && cp -a "$place/." "$out/$name/"; }
  done
done
if [ -n "$program" ]; then
  mkdir "$out/bin"
  cp "$program" "$out/bin/$called"
  chmod 755 "$out/bin/$called"
fi
cd "$out"
library() { # NAME: the store path of that name among $libraries
  for one in $libraries; do
    case ${one#/nix/store/*-} in "$1"-[0-9]*) echo "$one" ;; esac
  done
}
# by_loader PROGRAM…: for programs at fixed addresses, which patchelf damages. The loader is told where libraries lie.
by_loader() {
  for program in "$@"; do
    mv "$program" "$program.elf"
    {
      echo "#!$(library bash)/bin/bash"
      echo "exec $loader --argv0 \"\$0\" --library-path $runpath $out/$program.elf \"\$@\""
    } > "$program"
    chmod +x "$program"
  done
}
runpath=$out/lib
for library in $libraries; do
  runpath=$runpath:$library/lib
done
loader=$(echo "$glibc"/lib/ld-linux-*.so.*)
# Links to what lies elsewhere in the system lead to where it lies here.
find . -type l | while read -r link; do
  target=$(readlink "$link")
  moved=$(echo "$target" | sed -E "s#^/(usr/)?(bin|sbin|lib|include|share|etc)/($triplet/)?#$out/\2/#; s#^$out/sbin/#$out/bin/#")
  if [ ! -e "$link" ]; then
    for one in "$out" $libraries; do
      for place in "$one/${target##*../}" "$one/lib/${target##*/}"; do
        [ ! -e "$place" ] || { moved=$place && break 2; }
      done
    done
  fi
  [ "$moved" = "$target" ] || ln -sfn "$moved" "$link"
done
finish() { :; }
[ -z "$change" ] || . "$change"

magic=$(printf '\177ELF')
{ grep -rlsF "$magic" . || :; } | while read -r file; do
  [ ! -L "$file" ] && [ "$(head -c 4 "$file")" = "$magic" ] || continue
  case $file in
    *.o | *.a | *.elf | */ld-linux-* | */libc.so.6 | */libm.so.6 | */libmvec.so.1) continue ;;
  esac
  mode=$(stat -c %a "$file")
  chmod u+w "$file"
  if "$loose/patchelf" --print-interpreter "$file" > /dev/null 2>&1; then
    "$loose/patchelf" --set-interpreter "$loader" --set-rpath "$runpath" "$file"
  elif "$loose/patchelf" --print-needed "$file" 2> /dev/null | grep -q .; then
    "$loose/patchelf" --set-rpath "$runpath" "$file"
  fi
  chmod "$mode" "$file"
done
# Scripts call a shell that is in the store.
bash=$(library bash)
[ -z "$bash" ] || { grep -rlE '^#! ?/bin/(ba)?sh' bin || :; } | while read -r file; do
  sed -i -E "1s,^#! ?/bin/(ba)?sh,#!$bash/bin/bash," "$file"
done
[ ! -e bin/bash ] || [ -e bin/sh ] || ln -s bash bin/sh
finish
