mkdir -p tree/tmp tree/var/tmp "tree$directory"
chmod 1777 tree/tmp tree/var/tmp
parts=
if [ -n "$user" ]; then
  mkdir -p tree/etc "tree$home"
  cp "$root/root/etc/passwd" "$root/root/etc/group" tree/etc/
  chmod 644 tree/etc/passwd tree/etc/group
  # A name or a number that Debian gives already stays Debian's.
  cut -d: -f1,3 tree/etc/passwd | grep -qE "^$user:|:$uid\$" || echo "$user:x:$uid:$gid:$user:$home:/bin/sh" >> tree/etc/passwd
  cut -d: -f1,3 tree/etc/group | grep -qE "^$user:|:$gid\$" || echo "$user:x:$gid:" >> tree/etc/group
fi
(cd tree && find . -mindepth 1) | sed 's#^\./##' | sort > list
if [ -n "$user" ]; then
  # The home alone is the user's; its place in the order stays.
  echo "${home#/}" > homes
  sort list homes | uniq -u > others
  awk -v home="${home#/}" '$0 "" < home ""' others > list
  awk -v home="${home#/}" '$0 "" > home ""' others > after
  parts="$uid:$gid=/build/homes 0:0=/build/after"
fi
export out compression seal
enter "$tools" -- /bin/sh -eu "$seal" /build/tree /build/list "" $parts
