. "$install"
. "$unpack"
. "$vendor"
. "$linked"
unpack_source
vendor_crates
mkdir links
export backend
in_build_environment /opt/build/bin/python -s "$build" "/build/$tree" /build/links
check_linked "$(echo links/*.whl)"
root=$image
begin_layer
install_wheels venv "$package"
seal_new_files
