# Unpacks $debs to $out. Programs get glibc's loader, and all a RUNPATH of $out and $libraries: the store alone.
. "$unpack"
unpack $debs
mkdir "$out"
for name in bin etc include lib libexec share; do
  for place in "root/usr/$name" "root/$name"; do
    [ ! -d "$place" ] || { mkdir -p "$out/$name" && cp -a "$place/." "$out/$name/"; }
  done
done
cd "$out"
# Links to what lies elsewhere in the system lead to where it lies here.
find . -type l | while read -r link; do
  target=$(readlink "$link")
  moved=$(echo "$target" | sed -E "s#^/(usr/)?(bin|sbin|lib|include|share|etc)/($triplet/)?#$out/\2/#; s#^$out/sbin/#$out/bin/#")
  if [ ! -e "$link" ]; then
    moved=$(echo "$moved" | sed -E "s#(\.\./)*(usr/)?lib/$triplet/#$out/lib/#")
  fi
  [ "$moved" = "$target" ] || ln -sfn "$moved" "$link"
done
[ -z "$change" ] || . "$change"

runpath=$out/lib
for library in $libraries; do
  runpath=$runpath:$library/lib
done
loader=$(echo "$glibc"/lib/ld-linux-*.so.*)
magic=$(printf '\177ELF')
{ grep -rlF "$magic" . || :; } | while read -r file; do
  [ ! -L "$file" ] && [ "$(head -c 4 "$file")" = "$magic" ] || continue
  case $file in
    *.o | *.a | */ld-linux-* | */libc.so.6 | */libm.so.6 | */libmvec.so.1) continue ;;
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
for library in $libraries; do
  case $library in
    *-bash-*)
      { grep -rlE '^#! ?/bin/(ba)?sh' bin 2> /dev/null || :; } | while read -r file; do
        sed -i -E "1s,^#! ?/bin/(ba)?sh,#!$library/bin/bash," "$file"
      done
      ;;
  esac
done
[ ! -d bin ] || [ -e bin/sh ] || [ ! -e bin/bash ] || ln -s bash bin/sh
