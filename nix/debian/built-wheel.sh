. "$unpack"
. "$vendor"
. "$linked"
unpack_source
vendor_crates
export backend pretend
mkdir wheel
in_build_environment /opt/build/bin/python -s "$build" "/build/$tree" /build/wheel
file=$(ls wheel)
check_linked "wheel/$file"
mkdir "$out"
cp "wheel/$file" "$out/"
