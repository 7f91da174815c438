export LC_ALL=C
closures() { # NAME: the store paths in the closures NAME-0, NAME-1, ...
  find . -maxdepth 1 -name "$1-*" -exec cat {} + | grep "^$NIX_STORE/" | sort -u || :
}
lines() {
  [ $# -eq 0 ] || printf '%s\n' "$@"
}
{ closures below; lines $apart; } | sort -u > held
closures roots > wanted
if [ -e within-0 ]; then
  closures within | comm -12 - wanted > shared
  mv shared wanted
fi
{ comm -23 wanted held; lines $alone; } | sort -u > paths

# archive OPTION ...: a tar with nothing of this machine in it: no owners, no times, no order of the file system.
archive() {
  tar --format=gnu --hard-dereference --no-recursion --null --verbatim-files-from --numeric-owner --mtime=@1 \
    --mode=u+w --blocking-factor=128 "$@"
}
store() {
  mkdir -p "skeleton$NIX_STORE"
  xargs -r -d '\n' sh -c 'find "$@" -print0' find < paths | sort -z | sed -z 's#^/##' > files
  (cd skeleton && find * -print0) > directories
  archive --owner=0 --group=0 "$@" -C skeleton -T "$PWD/directories" -C / -T "$PWD/files"
}
everything() {
  if [ -z "$tree" ]; then
    store -c
  else
    cp -r "$tree" root
    chmod -R u+w root
    chmod 1777 root/tmp root/var/tmp
    (cd root && find * -print0) | sort -z > files.root
    store -c -f parts.tar
    if [ -n "$owner" ]; then
      printf '%s\0' "${home#/}" > files.home
      sort -z files.root files.home | uniq -z -u > files.others
      archive --owner=0 --group=0 -r -f parts.tar -C root -T "$PWD/files.others"
      archive --owner="${owner%:*}" --group="${owner#*:}" -r -f parts.tar -C root -T "$PWD/files.home"
    else
      archive --owner=0 --group=0 -r -f parts.tar -C root -T "$PWD/files.root"
    fi
    cat parts.tar
  fi
}

type=application/vnd.oci.image.layer.v1.tar+$compression
case $compression in
  zstd) compress="zstd -3 -q -c -T$NIX_BUILD_CORES" ;;
  gzip) compress="igzip -2 -n -c -T 1" ;; # without -n it writes the time of day
esac
mkdir "$out"
mkfifo plain
sha256sum < plain > plain.sum &
everything | tee plain | $compress > "$out/blob"
wait $!
printf 'sha256:%s' "$(cut -d' ' -f1 plain.sum)" > "$out/diff-id"
printf '{"mediaType":"%s","digest":"sha256:%s","size":%s}' "$type" "$(sha256sum < "$out/blob" | cut -d' ' -f1)" \
  "$(stat -c %s "$out/blob")" > "$out/descriptor"
