link_wheels
. "$install"
install_wheels $requirements
seal_new_files
