unshare -r -m sh -euc '
  root=$NIX_BUILD_TOP/root
  mkdir "$root"
  mount --rbind "$1" "$root"
  cd "$root"
  exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    "$(which chroot)" . /bin/sh -c "cd \"\$1\" && command -v -- \"\$2\"" sh "$2" "$3"
' check "$rootfs" "$directory" "$command" > "$out" || {
  echo "the image starts '$command', which is not in it (tool.neve.image.entrypoint)" >&2
  exit 1
}
