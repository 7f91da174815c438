# An OCI image layout (image-spec 1.1) of one image index, which $ocis, the layouts of single images, are the parts of:
# $out/index.json names it, and it names their manifests.
blobs=$out/blobs/sha256
mkdir -p "$blobs"
manifests=
for oci in $ocis; do
  index=$(cat "$oci/index.json")
  index=${index#*\"manifests\":\[}
  manifests="$manifests,${index%\]*}"
  for blob in "$oci"/blobs/sha256/*; do
    [ -e "$blobs/${blob##*/}" ] || cp -P "$blob" "$blobs/"
  done
done
printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[%s],"annotations":%s}' \
  "${manifests#,}" "$annotations" > index
set -- $(sha256sum < index) $(stat -c %s index)
cp index "$blobs/$1"
printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.oci.image.index.v1+json","digest":"sha256:%s","size":%s}]}' \
  "$1" "$3" > "$out/index.json"
printf '{"imageLayoutVersion":"1.0.0"}' > "$out/oci-layout"
printf 'sha256:%s\n' "$1" > "$out/digest"
