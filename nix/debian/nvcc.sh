#!/bin/sh
# nvcc, which is nvcc.real beside this, with the host compiler that $NVCC_CCBIN names.
busybox=@busybox@ runtime=@runtime@ compiler=${NVCC_CCBIN:-}
nvcc=$(readlink -f "$0").real
for word in "$@"; do
  case $word in
    -ccbin* | --compiler-bindir*) compiler= ;;
    -cudart* | --cudart*) runtime= ;;
  esac
done
set -- ${compiler:+-ccbin "$compiler"} ${runtime:+-cudart "$runtime"} "$@"

# Its intermediate files are called after its process and lie in $TMPDIR, and what it makes keeps those names. Where there
# may be namespaces, each call has the same number, and in the same place a directory of its own: over one that is empty,
# and stays so, since what somebody has there would be hidden.
place=${TMPDIR:-/tmp}/.neve-nvcc
alone() { # alone COMMAND ...
  "$busybox" unshare -m -p -f "$busybox" sh -c '"$1" mount --bind "$2" "$3" && shift 3 && exec "$@"' sh \
    "$busybox" "$own" "$place" "$@"
}
own=
why="no namespaces can be made here"
if ! mkdir -p "$place" || [ -n "$("$busybox" ls -A "$place")" ]; then
  why="$place is not an empty directory"
elif own=$("$busybox" mktemp -d) && alone "$busybox" true 2> /dev/null; then
  TMPDIR=$place alone "$nvcc" "$@" && status=0 || status=$?
  rm -rf "$own"
  exit "$status"
fi
[ -z "$own" ] || rmdir "$own"
echo "nvcc: $why, so what it compiles is not the same, to the byte, each time" >&2
exec "$nvcc" "$@"
