# Inside the tools: unpacks $debs group by group into $out/root and does what maintainer scripts would have done.
# busybox's shell takes its own tar and xz before those on PATH, so the real ones are named by their paths.
set -o pipefail
root=$out/root
if [ -n "$parent" ]; then
  cp -a "$parent/root/." "$root/"
  chmod -R u+w "$root"
  cp "$parent"/lists/* "$out/lists/"
  chmod u+w "$out"/lists/*
else
  mkdir -p "$root/usr/bin" "$root/usr/sbin" "$root/usr/lib" "$root/usr/lib64" "$root/nix" "$root/build"
  for name in bin sbin lib lib64; do
    ln -s "usr/$name" "$root/$name"
  done
  set -- $groups
  mkdir -p /build/lists
  printf '%s\n' bin sbin lib lib64 > "/build/lists/$1.merged-usr"
fi

cat > /build/unpack-one.sh <<'END'
set -eu -o pipefail
deb=$1 root=$2 list=$3
. "$member"
control=$(mktemp -d)
member "$deb" control.tar | /usr/bin/tar -x --no-same-permissions -C "$control"
package=$(sed -n 's/^Package: *//p' "$control/control")
# The tar lists the merged directories' own names; --keep-directory-symlink writes through their links.
# Manual pages and translations stay out, as in Debian's own slim images; of the documentation, the licences stay.
member "$deb" data.tar | /usr/bin/tar -xv --keep-directory-symlink --no-same-owner --no-same-permissions -C "$root" \
  --exclude='./usr/share/man/*' --exclude='./usr/share/info/*' --exclude='./usr/share/locale/*' \
  --exclude='./usr/share/lintian/*' --exclude='./usr/share/doc/*/*.gz' --exclude='./usr/share/doc/*/examples' |
  sed -E 's#^\./##; s#/$##; s#^(bin|sbin|lib|lib64)/#usr/\1/#; /^(bin|sbin|lib|lib64)?$/d' > "$list.$package"
mkdir -p "$root/var/lib/dpkg/status.d" /build/control
cp "$control/control" "$root/var/lib/dpkg/status.d/$package"
printf '%s\n' var var/lib var/lib/dpkg var/lib/dpkg/status.d "var/lib/dpkg/status.d/$package" >> "$list.$package"
if [ -e "$control/md5sums" ]; then
  cp "$control/md5sums" "$root/var/lib/dpkg/status.d/$package.md5sums"
  echo "var/lib/dpkg/status.d/$package.md5sums" >> "$list.$package"
fi
[ ! -e "$control/postinst" ] || cp "$control/postinst" "/build/control/$package"
rm -rf "$control"
END

printf '%s\n' $debs > /build/debs
first=1
for group in $groups; do
  count=${counts%% *}
  counts=${counts#* }
  mkdir -p /build/lists
  tail -n "+$first" /build/debs | head -n "$count" |
    xargs -n 1 -P "$NIX_BUILD_CORES" -I DEB /bin/sh /build/unpack-one.sh DEB "$root" "/build/lists/$group"
  first=$((first + count))
  cat "/build/lists/$group".* /dev/null | sort -u > "$out/lists/$group"
done
. "$configure"
