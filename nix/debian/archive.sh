manifest=$(cat "$oci/digest")
manifest=$oci/blobs/sha256/${manifest#sha256:}
digests=$(grep -o 'sha256:[0-9a-f]*' "$manifest" | cut -d: -f2)
set -- $digests
config=$1
shift
paths=
for layer in "$@"; do
  paths="$paths,\"blobs/sha256/$layer\""
done
printf '[{"Config":"blobs/sha256/%s","RepoTags":["%s"],"Layers":[%s]}]' "$config" "$reference" "${paths#,}" > manifest.json
# podman reads the name from the index, docker from manifest.json
sed "s#,\"platform\":#,\"annotations\":{\"org.opencontainers.image.ref.name\":\"$reference\"},\"platform\":#" "$oci/index.json" > index.json
printf '%s\n' blobs blobs/sha256 > list
for blob in $config ${manifest##*/} "$@"; do echo "blobs/sha256/$blob"; done | sort -u >> list
export out oci
enter "$tools" -- /bin/sh -euc '/usr/bin/tar -c -h --no-recursion --hard-dereference --format=gnu --numeric-owner --owner=0 --group=0 --mtime=@1 \
  --mode=u+w,a+r -f "$out" -C "$oci" oci-layout -T /build/list -C /build index.json manifest.json'
