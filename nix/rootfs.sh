mkdir "$out"
export out layers
enter "$tools" -- /bin/sh -euc '
  set -o pipefail
  for layer in $layers; do
    case $(cat "$layer/descriptor") in
      *+zstd*) /usr/bin/zstd -dcq "$layer/blob" ;;
      *) gunzip -c "$layer/blob" ;;
    esac | /usr/bin/tar -x -p --keep-directory-symlink --no-same-owner -C "$out"
    chmod -R u+w "$out"
  done
'
