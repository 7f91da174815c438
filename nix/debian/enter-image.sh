# enter-image.sh BUSYBOX ROOTFS PROJECT [COMMAND ...]: run COMMAND (a shell, where there is none) in the image's file
# system, with the directory PROJECT at /app. A user namespace makes that possible without privileges.
set -eu
export busybox="$1" rootfs="$2" project="$3"
shift 3
[ $# -gt 0 ] || set -- /bin/sh
exec "$busybox/bin/unshare" -r -m "$busybox/bin/sh" -euc '
  PATH=$busybox/bin
  root=$(mktemp -d)
  mount --rbind "$rootfs" "$root"
  for name in proc dev sys; do mount --rbind "/$name" "$root/$name"; done
  mount -t tmpfs tmpfs "$root/tmp"
  mount --rbind "$project" "$root/app"
  cd "$root"
  exec env -i TERM="${TERM:-dumb}" PATH=/opt/venv/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LANG=C.UTF-8 VIRTUAL_ENV=/opt/venv \
    "$busybox/bin/chroot" "$root" /bin/sh -c "cd /app && exec \"\$@\"" sh "$@"
' image "$@"
