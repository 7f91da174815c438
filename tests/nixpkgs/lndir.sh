# lndir -silent FROM: links to FROM's files here, in directories of their own; what is there stays.
shopt -s dotglob nullglob
[ "$1" != -silent ] || shift
link() {
  local entry
  for entry in "$1"/*; do
    if [ -d "$entry" ] && [ ! -L "$entry" ]; then
      mkdir -p "$2/${entry##*/}"
      link "$entry" "$2/${entry##*/}"
    elif [ ! -e "$2/${entry##*/}" ]; then
      ln -s "$entry" "$2/${entry##*/}"
    fi
  done
}
link "$1" "${2:-.}"
