. "$install"
cp -a "$source/." source
chmod -R u+w source
mkdir links opt/build
export backend
inside "$buildEnv=/opt/build" -- /opt/build/bin/python -s "$build" /build/source /build/links
rmdir opt/build
install_wheels "$package"
seal_new_files
