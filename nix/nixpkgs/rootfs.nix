# The image's file system as a directory: its layers unpacked one over the other.
{ pkgs, ... }:
{ layers }:
pkgs.runCommand "rootfs"
  {
    layers = map (entry: entry.layer) layers;
    nativeBuildInputs = [ pkgs.zstd ];
  }
  ''
    mkdir "$out"
    for layer in $layers; do
      case $(cat "$layer/descriptor") in
        *+zstd*) zstd -dcq "$layer/blob" ;;
        *) gzip -dc "$layer/blob" ;;
      esac | {
        tar -x -p --keep-directory-symlink --no-same-owner -C "$out"
        cat > /dev/null # what pads the archive: who writes it must be able to end
      }
      chmod -R u+w "$out"
    done
  ''
