# seal.sh DIRECTORY LIST MODE [OWNER:LIST ...]: inside the tools, writes the files that LIST names below DIRECTORY
# as one layer: $out/blob, its descriptor (OCI image-spec 1.1) and its DiffID. MODE is applied to every file: the
# store takes write permission away, so files of a store path are given it back; "" leaves modes as they are.
# busybox's shell takes its own tar before the one on PATH, so the real ones are named by their paths.
set -eu -o pipefail
directory=$1 list=$2 mode=$3
shift 3
case $compression in
  zstd) compress="/usr/bin/zstd -3 -q -c -T$NIX_BUILD_CORES"; type=application/vnd.oci.image.layer.v1.tar+zstd ;;
  gzip) compress="/usr/bin/igzip -2 -c -T 1"; type=application/vnd.oci.image.layer.v1.tar+gzip ;;
  *) echo "seal.sh: unknown compression $compression" >&2; exit 1 ;;
esac
archive() { # OWNER LIST
  /usr/bin/tar -c -C "$directory" --no-recursion --verbatim-files-from -T "$2" --format=gnu --hard-dereference \
    --numeric-owner --owner="${1%:*}" --group="${1#*:}" --mtime=@1 ${mode:+--mode="$mode"} --blocking-factor=128
}
# A tar ends in blocks of zeros; --ignore-zeros of a reader is not a promise, so only the last part keeps them.
everything() {
  if [ $# -eq 0 ]; then
    archive 0:0 "$list"
  else
    archive 0:0 "$list" > /build/parts.tar
    for part in "$@"; do
      /usr/bin/tar -r -f /build/parts.tar -C "$directory" --no-recursion --verbatim-files-from -T "${part#*=}" --format=gnu \
        --numeric-owner --owner="${part%%:*}" --group="$(echo "${part%%=*}" | cut -d: -f2)" --mtime=@1 ${mode:+--mode="$mode"}
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
