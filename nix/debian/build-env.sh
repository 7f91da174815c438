mkdir opt
link_wheels
inside() {
  enter "$root/root" "$NIX_BUILD_TOP/opt=/opt" -- "$@"
}
uv() {
  inside "$uv/bin/uv" --no-cache --offline --no-config -q "$@"
}
uv venv --no-project --python "$python" /opt/build
if [ -n "$requirements" ]; then
  uv pip install --python /opt/build/bin/python --no-deps --no-index --find-links /build/links --link-mode copy --no-build \
    --prerelease allow $requirements
fi
clean_environment opt/build
inside /opt/build/bin/python -s -S "$compile" /opt/build/lib
mkdir "$out"
cp -a opt/build/. "$out/"
