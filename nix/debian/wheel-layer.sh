link_wheels
for directory in $built; do
  ln -s "$directory"/*.whl links/
done
. "$install"
install_wheels $requirements
seal_new_files
