# Directories that must be writable get their modes in the layer: the store keeps none.
mkdir -p "$out/bin" "$out/lib" "$out/usr/bin" "$out/usr/share" "$out/etc" "$out/opt" "$out/root" "$out/run" \
  "$out/proc" "$out/sys" "$out/dev" "$out/tmp" "$out/var/tmp" "$out/var/empty" "$out$home" "$out$directory"
printf %s "$passwd" > "$out/etc/passwd"
printf %s "$group" > "$out/etc/group"
printf %s "$release" > "$out/etc/os-release"
echo 'hosts: files dns' > "$out/etc/nsswitch.conf"

for package in $base; do
  if [ -d "$package/etc" ]; then
    cp -rs --no-preserve=mode "$package"/etc/* "$out/etc"
  fi
  if [ -d "$package/share" ]; then
    ln -s "$package"/share/* "$out/usr/share"
  fi
done
# Where the C library of nixpkgs looks for time zones.
if [ -e "$out/usr/share/zoneinfo" ]; then
  ln -s /usr/share/zoneinfo "$out/etc/zoneinfo"
fi
# nixpkgs calls it ca-bundle.crt, most programs look for Debian's name.
if [ -e "$out/etc/ssl/certs/ca-bundle.crt" ] && [ ! -e "$out/etc/ssl/certs/ca-certificates.crt" ]; then
  ln -s ca-bundle.crt "$out/etc/ssl/certs/ca-certificates.crt"
fi

# Of two packages with a file of the same name, the first that the project names has it.
link_absent() {
  for file in "$1"/$3; do
    if [ -e "$file" ] && [ ! -e "$2/${file##*/}" ]; then
      ln -s "$file" "$2"
    fi
  done
}
for package in $bins; do
  link_absent "$package/bin" "$out/bin" '*'
done
for package in $libraries; do
  link_absent "$package/lib" "$out/lib" '*.so*'
done
if [ -n "$sh" ]; then
  ln -sf "$sh" "$out/bin/sh"
  ln -s "$usrBinEnv" "$out/usr/bin/env"
fi
if [ -n "$ldconfig" ]; then
  mkdir "$out/sbin"
  { echo '#!/opt/venv/bin/python -IS' && cat "$ldconfig"; } > "$out/sbin/ldconfig"
  chmod +x "$out/sbin/ldconfig"
fi

[ -z "$environment" ] || ln -s "$environment" "$out/opt/venv"
if [ -n "$source" ]; then
  cp -r --no-preserve=mode "$source/." "$out$directory"
  (cd "$source" && find . -type f -perm -100) | (cd "$out$directory" && xargs -r -d '\n' chmod +x)
fi
