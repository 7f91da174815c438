mkdir opt
enter "$root/root" "$NIX_BUILD_TOP/opt=/opt" -- \
  "$uv/bin/uv" --no-cache --offline --no-config -q venv --no-project --python "$python" /opt/venv
clean_environment opt/venv
[ ! -d opt/python ] || rmdir opt/python
mkdir tree
mv opt tree/opt
(cd tree && find opt) | sort > list
export out compression seal
enter "$tools" -- /bin/sh -eu "$seal" /build/tree /build/list ""
cp -a tree "$out/tree"
