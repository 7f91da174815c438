# member PACKAGE NAME: the member of a Debian package whose name begins with NAME, decompressed (deb(5)). Inside the tools.
# busybox's shell takes its own xz before the one on PATH, so the real ones are named by their paths.
member() {
  _name=$(ar t "$1" | grep "^$2" || :)
  case $_name in
    *.xz | *.lzma) ar p "$1" "$_name" | /usr/bin/xz -dc ;;
    *.zst) ar p "$1" "$_name" | /usr/bin/zstd -dcq ;;
    *.gz) ar p "$1" "$_name" | gunzip -c ;;
    *.bz2) ar p "$1" "$_name" | bunzip2 -c ;;
    *.tar) ar p "$1" "$_name" ;;
    *)
      echo "neve: ${1##*/} has no $2 that can be unpacked: ${_name:-none at all}" >&2
      return 1
      ;;
  esac
}
