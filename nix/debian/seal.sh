# seal.sh DIRECTORY LIST MODE [OWNER:GROUP=LIST ...]: inside the tools, writes the files that LIST names below DIRECTORY
# as one layer: $out/blob, its descriptor (OCI image-spec 1.1) and its DiffID. MODE is applied to every file: the
# store takes write permission away, so files of a store path are given it back; "" leaves modes as they are.
# $prefix goes before every name. An OWNER:GROUP=LIST adds files that belong to somebody else.
# busybox's shell takes its own tar before the one on PATH, so the real ones are named by their paths.
set -eu -o pipefail
directory=$1 list=$2 mode=$3
shift 3
case $compression in
  zstd) compress="/usr/bin/zstd -3 -q -c -T$NIX_BUILD_CORES"; type=application/vnd.oci.image.layer.v1.tar+zstd ;;
  gzip) compress="/usr/bin/igzip -n -2 -c -T 1"; type=application/vnd.oci.image.layer.v1.tar+gzip ;;
  *) echo "seal.sh: unknown compression $compression" >&2; exit 1 ;;
esac
# archive OWNER:GROUP LIST OPTION ...
archive() {
  owner=$1 names=$2
  shift 2
  /usr/bin/tar "$@" -C "$directory" --no-recursion --verbatim-files-from -T "$names" --format=gnu --hard-dereference \
    --mtime=@1 --numeric-owner --owner="${owner%:*}" --group="${owner#*:}" ${mode:+--mode="$mode"} \
    ${prefix:+--transform="flags=r;s,^,$prefix,"} --blocking-factor=128
}
everything() {
  if [ $# -eq 0 ]; then
    archive 0:0 "$list" -c
  else
    archive 0:0 "$list" -c -f /build/parts.tar
    for part in "$@"; do
      archive "${part%%=*}" "${part#*=}" -r -f /build/parts.tar
    done
    cat /build/parts.tar
  fi
}
mkdir -p "$out"
mkfifo /build/plain /build/packed
sha256sum < /build/plain > /build/plain.sum &
plain=$!
sha256sum < /build/packed > /build/packed.sum &
packed=$!
everything "$@" | /usr/bin/tee /build/plain | $compress | /usr/bin/tee /build/packed > "$out/blob"
wait $plain
wait $packed
cut -d' ' -f1 /build/plain.sum | sed 's/^/sha256:/' | tr -d '\n' > "$out/diff-id"
printf '{"mediaType":"%s","digest":"sha256:%s","size":%s}' "$type" "$(cut -d' ' -f1 /build/packed.sum)" \
  "$(stat -c %s "$out/blob")" > "$out/descriptor"
