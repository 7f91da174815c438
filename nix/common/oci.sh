blobs=$out/blobs/sha256
mkdir -p "$blobs"
put() { # FILE: adds it as a blob, prints its digest and size
  set -- "$1" "$(sha256sum < "$1" | cut -d' ' -f1)"
  cp "$1" "$blobs/$2"
  echo "$2 $(stat -c %s "$1")"
}
ids= descriptors=
for layer in $layers; do
  descriptor=$(cat "$layer/descriptor")
  digest=${descriptor#*sha256:}
  ln -sf "../../../${layer##*/}/blob" "$blobs/${digest%%\"*}"
  ids="$ids,\"$(cat "$layer/diff-id")\""
  descriptors="$descriptors,$descriptor"
done
printf '%s,"rootfs":{"type":"layers","diff_ids":[%s]},"history":%s}' "${config%\}}" "${ids#,}" "$histories" > config
set -- $(put config)
printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%s","size":%s},"layers":[%s],"annotations":%s}' \
  "$1" "$2" "${descriptors#,}" "$annotations" > manifest
set -- $(put manifest)
printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%s","size":%s,"platform":%s}]}' \
  "$1" "$2" "$platform" > "$out/index.json"
printf '{"imageLayoutVersion":"1.0.0"}' > "$out/oci-layout"
printf 'sha256:%s\n' "$1" > "$out/digest"
