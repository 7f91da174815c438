# install_wheels REQUIREMENT ...: uv installs from links/ into the environment of $venv, at its final path.
# seal_new_files: what has come since then is the layer.
cp -a "$venv/tree/opt" opt
chmod -R u+w opt
mkdir -p opt/python # where enter may put an interpreter
find opt | sort > before
inside() {
  enter "$root/root" "$NIX_BUILD_TOP/opt=/opt" "$@"
}
install_wheels() {
  inside -- "$uv/bin/uv" --no-cache --offline --no-config -q pip install --python /opt/venv/bin/python \
    --no-deps --no-index --find-links /build/links --link-mode copy --no-build --prerelease allow \
    ${tags:+--python-platform "$tags"} "$@"
  clean_environment opt/venv
}
seal_new_files() {
  find opt | sort > after
  minus after before | sed -n '/\.py$/s#^#/#p' | inside -- /opt/venv/bin/python -s -S "$compile" -
  find opt | sort > after
  minus after before > list
  export out compression seal
  enter "$tools" -- /bin/sh -eu "$seal" /build /build/list u=rwX,go=rX
}
