mkdir "$out"
export out layers
# tar reads 10 KiB at a time and stops where the archive ends; a layer is padded to 64 KiB. Whoever writes into the
# pipe must be able to write all of it, or pipefail sees SIGPIPE.
enter "$tools" -- /bin/sh -euc '
  set -o pipefail
  for layer in $layers; do
    case $(cat "$layer/descriptor") in
      *+zstd*) /usr/bin/zstd -dcq "$layer/blob" ;;
      *) gunzip -c "$layer/blob" ;;
    esac | { /usr/bin/tar -x -p --keep-directory-symlink --no-same-owner -C "$out" && cat > /dev/null; }
    chmod -R u+w "$out"
  done
'
