# enter-image.sh BUSYBOX ROOTFS DIRECTORY ENVIRONMENT [--possible | COMMAND ...]
# Run COMMAND (a shell, where there is none) in the image's file system, with the flake's directory at DIRECTORY and the
# variables of the script ENVIRONMENT. With --possible, say whether that works here.
set -eu
if [ "$1" != --inside ]; then
  export PATH="$1/bin" rootfs="$2" directory="$3" environment="$4"
  shift 4
  # Without privileges it takes a user namespace, which the kernel refuses in a chroot. There Nix has made namespaces of
  # its own, in which root may mount, and root alone.
  if unshare -r -m true 2> /dev/null; then
    enter="unshare -r -m"
  elif unshare -m true 2> /dev/null; then
    enter="unshare -m"
  elif [ "$(id -u)" = 0 ] && awk '$3 != 1 { exit 1 }' /proc/self/uid_map && mount --make-rprivate /nix/store 2> /dev/null; then
    enter=
  else
    echo "this Nix cannot open the image here (no user namespace, as in a chroot store): \`neve shell\` does" >&2
    exit 1
  fi
  [ "${1-}" != --possible ] || exit 0
  exec $enter sh "$0" --inside "$@"
fi
shift

# The project is where the flake is; the command starts in the same part of it.
project=$PWD
while [ "$project" ] && [ ! -e "$project/flake.nix" ]; do project=${project%/*}; done
project=${project:-$PWD}

root=$rootfs
mount --rbind "$root" "$root"
# In a store of the user's own its files are the user's, so that nothing else hinders from writing. Flags that a namespace
# has inherited must stay.
for flags in "" ,nosuid,nodev ,nosuid,nodev,noatime ,nosuid,nodev,relatime; do
  mount -o "remount,bind,ro$flags" "$root" 2> /dev/null && break
done
for name in proc dev sys; do mount --rbind "/$name" "$root/$name"; done
for name in tmp run var/tmp root; do mount -t tmpfs -o mode=755 tmpfs "$root/$name"; done
chmod 1777 "$root/tmp" "$root/var/tmp"
# Names are those that the host knows.
mkdir "$root/run/etc"
mount --bind "$root/etc" "$root/run/etc"
mount -t tmpfs -o mode=755 tmpfs "$root/etc"
cp -a "$root/run/etc/." "$root/etc"
umount "$root/run/etc"
rmdir "$root/run/etc"
for name in resolv.conf hosts; do
  [ ! -e "/etc/$name" ] || cat "/etc/$name" > "$root/etc/$name"
done
# A link, which may come with the project, would lead to anything of the host's.
[ -L "$project/.neve/home" ] || [ ! -d "$project/.neve/home" ] || mount --rbind "$project/.neve/home" "$root/root"
mkdir -p "$root$directory"
mount --rbind "$project" "$root$directory"
inside=$directory${PWD#"$project"}
cd "$root"

# A shell expands its prompt: the name of a directory, which may be of others' choosing, is not a part of it.
prompt='($NEVE_SHELL) $PWD $ '
if [ $# = 0 ]; then
  set -- /bin/sh
  # Debian's /etc/bash.bashrc sets a prompt of its own, so it is set once more.
  [ ! -x usr/bin/bash ] || set -- /bin/sh -c 'PROMPT_COMMAND="PS1=\$NEVE_PROMPT; unset PROMPT_COMMAND" exec /usr/bin/bash'
fi
set -- HOME=/root "$(which chroot)" . /bin/sh -c 'cd "$1" && shift && exec "$@"' neve "$inside" "$@"
. "$environment"
exec env -i TERM="${TERM:-dumb}" LANG=C.UTF-8 NEVE_SHELL="${project##*/}" PS1="$prompt" NEVE_PROMPT="$prompt" \
  PATH=/opt/venv/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
