. "$install"
mkdir opt
link_wheels
inside "$uv/bin/uv" --no-cache --offline --no-config -q venv --no-project --python "$python" /opt/build
if [ -n "$requirements" ]; then
  install_wheels build $requirements
else
  clean_environment opt/build
fi
inside /opt/build/bin/python -s -S "$compile" /opt/build/lib
mkdir "$out"
cp -a opt/build/. "$out/"
