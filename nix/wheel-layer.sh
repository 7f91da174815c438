mkdir links
set -- $wheels
for file in $files; do
  ln -s "$1" "links/$file"
  shift
done
. "$install"
install_wheels $requirements
seal_new_files
