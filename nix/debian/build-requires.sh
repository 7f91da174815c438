. "$unpack"
unpack_source
export backend pretend
in_build_environment /opt/build/bin/python -s "$build" "/build/$tree" - > asked
mv asked "$out"
