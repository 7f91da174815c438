# What every builder starts with; then it runs $script.
set -o pipefail
umask 022
export PATH="$busybox/bin" LC_ALL=C TZ=UTC0 HOME="$NIX_BUILD_TOP/home" SOURCE_DATE_EPOCH=315532800
# The order of a set in Python. An interpreter that is called with -I ignores it, so the builders say -s.
export PYTHONHASHSEED=0
mkdir -p "$HOME"

# enter ROOT [SOURCE=TARGET ...] -- COMMAND ...
# Runs COMMAND with the directory ROOT as its root; /nix, /proc, /dev and the build directory are seen there,
# and each SOURCE at TARGET. A user namespace of its own makes that possible without privileges. The interpreter that
# ROOT may have at /opt/python is seen there whatever is at /opt, for which it needs a directory in it.
enter() {
  _root=$1
  shift
  _binds="/nix=/nix /proc=/proc /dev=/dev $NIX_BUILD_TOP=/build"
  while [ "$1" != -- ]; do
    _binds="$_binds $1"
    shift
  done
  shift
  unshare -r -m sh -euc '
    root=$1 binds=$2
    shift 2
    mount --rbind "$root" /tmp
    for bind in $binds; do
      mount --rbind "${bind%%=*}" "/tmp${bind#*=}"
      if [ "${bind#*=}" = /opt ] && [ -d "$root/opt/python" ]; then
        mkdir -p /tmp/opt/python
        mount --rbind "$root/opt/python" /tmp/opt/python
      fi
    done
    cd /tmp
    chroot=$(which chroot)
    export PATH=/opt/venv/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/build/home TMPDIR=/build
    exec "$chroot" /tmp /bin/sh -c "cd /build && exec \"\$@\"" sh "$@"
  ' enter "$_root" "$_binds" "$@"
}

# minus LIST HELD: the lines of LIST that HELD lacks. both LIST OTHER: the lines of LIST that OTHER has.
minus() {
  awk -v held="$2" 'BEGIN { while ((getline line < held) > 0) seen[line] } !($0 in seen)' "$1"
}
both() {
  awk -v other="$2" 'BEGIN { while ((getline line < other) > 0) seen[line] } $0 in seen' "$1"
}

# link_wheels: links/ holds $wheels under their own names, $files; a store path's name begins with its hash.
link_wheels() {
  mkdir links
  set -- $wheels
  for file in $files; do
    ln -s "$1" "links/$file"
    shift
  done
}
# uv records in uv_cache.json when the wheel's file changed (its ctime); an installation from an index has no such
# file. The lock file is uv's own.
clean_environment() {
  rm -f "$1/.lock"
  find "$1" -name uv_cache.json | while read -r file; do
    rm -f "$file"
    sed -i '\#/uv_cache\.json,#d' "${file%/*}/RECORD"
  done
}

. "$script"
