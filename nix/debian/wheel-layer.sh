link_wheels
for directory in $built; do
  ln -s "$directory"/*.whl links/
done
. "$install"
begin_layer
install_wheels venv $requirements
seal_new_files
