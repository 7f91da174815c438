files_of() { # the paths below a root, sorted; /nix and /build are places of the sandbox
  (cd "$1" && find . -mindepth 1) | sed 's#^\./##' | grep -vxE '(nix|build)(/.*)?' | sort
}
files_of "$root/root" > all
if [ -n "$group" ]; then
  both all "$root/lists/$group" > list
else
  for name in $below; do cat "$root/lists/$name"; done > held
  if [ -n "$parent" ]; then
    files_of "$parent/root" > held
    # Generated files differ from the parent's: ld.so.cache, the bundle of certificates.
    grep '^etc/' held | while read -r file; do
      [ ! -f "$root/root/$file" ] || [ -L "$root/root/$file" ] || cmp -s "$root/root/$file" "$parent/root/$file" || echo "$file"
    done > differing
    minus held differing > unchanged
    mv unchanged held
  fi
  minus all held > list
fi
export out compression seal
enter "$tools" -- /bin/sh -eu "$seal" "$root/root" /build/list u+w
