# install_wheels ENVIRONMENT REQUIREMENT ...: uv installs from links/ into /opt/ENVIRONMENT, at its final path: /opt is
# opt/ here. begin_layer, seal_new_files: what has come to /opt/venv in between is the layer.
begin_layer() {
  cp -a "$venv/tree/opt" opt
  chmod -R u+w opt
  mkdir -p opt/python # where enter may put an interpreter
  find opt | sort > before
}
inside() {
  enter "$root/root" "$NIX_BUILD_TOP/opt=/opt" -- "$@"
}
# uv's cache lies beside the environment: then it links the files that it unpacked, where it would else write them twice.
uv_install() {
  inside "$uv/bin/uv" --cache-dir /opt/.uv --offline --no-config -q pip install --python "/opt/$environment/bin/python" \
    --no-deps --no-index --find-links /build/links --link-mode hardlink --no-build --prerelease allow \
    ${tags:+--python-platform "$tags"} "$@"
}
install_wheels() {
  environment=$1
  shift
  uv_install "$@"
  # Of files that two wheels have uv leaves either, as it happens; one after the other, the last one's stay.
  if [ -n "$(disputed)" ]; then
    for requirement in "$@"; do
      uv_install --reinstall "$requirement"
    done
  fi
  rm -rf opt/.uv
  clean_environment "opt/$environment"
}
# disputed: the paths that several wheels have, with different contents, by what their RECORDs say; where these give no
# hash, contents may differ.
disputed() {
  cat "opt/$environment"/lib/python*/site-packages/*.dist-info/RECORD | awk '/,,[^,]*$/ || !seen[$0]++' |
    sed 's/,[^,]*,[^,]*$//' | sort | uniq -d
}
seal_new_files() {
  find opt | sort > after
  minus after before | sed -n '/\.py$/s#^#/#p' | inside /opt/venv/bin/python -s -S "$compile" -
  find opt | sort > after
  minus after before > list
  export out compression seal
  enter "$tools" -- /bin/sh -eu "$seal" /build /build/list u=rwX,go=rX
}
