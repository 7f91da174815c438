# What the maintainer scripts of an image's packages would have done; $root is the root file system.
# base-passwd, base-files
if [ -d "$root/usr/share/base-passwd" ]; then
  sed 's#:/bin/bash$#:/bin/sh#' "$root/usr/share/base-passwd/passwd.master" > "$root/etc/passwd"
  cp "$root/usr/share/base-passwd/group.master" "$root/etc/group"
fi
for file in "$root/usr/share/base-files/nsswitch.conf" "$root/usr/share/libc-bin/nsswitch.conf"; do
  [ -e "$root/etc/nsswitch.conf" ] || [ ! -e "$file" ] || cp "$file" "$root/etc/nsswitch.conf"
done
mkdir -p "$root/tmp" "$root/var/tmp" "$root/run" "$root/root" "$root/proc" "$root/sys" "$root/dev" "$root/opt" "$root/etc"
[ -e "$root/usr/bin/sh" ] || [ ! -e "$root/usr/bin/dash" ] || ln -s dash "$root/usr/bin/sh"
: >> "$root/var/lib/dpkg/status"

# tzdata
if [ -e "$root/usr/share/zoneinfo/Etc/UTC" ] && [ ! -L "$root/etc/localtime" ]; then
  ln -s /usr/share/zoneinfo/Etc/UTC "$root/etc/localtime"
fi

# ca-certificates: every certificate by name, and all of them in one file; openssl rehash makes the hashed names
if [ -d "$root/usr/share/ca-certificates" ]; then
  mkdir -p "$root/etc/ssl/certs"
  : > "$root/etc/ssl/certs/ca-certificates.crt"
  (cd "$root/usr/share/ca-certificates" && find . -name '*.crt' | sort) | while read -r name; do
    certificate=/usr/share/ca-certificates/${name#./}
    link=$(basename "$certificate" .crt)
    ln -sf "$certificate" "$root/etc/ssl/certs/$link.pem"
    cat "$root$certificate" >> "$root/etc/ssl/certs/ca-certificates.crt"
  done
fi

# update-alternatives: the links that postinst scripts ask for, the highest priority wins. No package need have one.
{ cat /build/control/* 2>/dev/null || :; } | awk -f "$alternatives" | sort -k1,1 -k3,3nr -k2,2 | while read -r link path priority; do
  target=$root$link
  if [ ! -e "$target" ] && [ ! -L "$target" ] && [ -e "$root$path" ]; then
    mkdir -p "${target%/*}"
    ln -s "$path" "$target"
  fi
done
