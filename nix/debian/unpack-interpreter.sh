# Inside the tools: unpacks $interpreter, an archive of the python-build-standalone project, to $out/root/opt/python.
set -o pipefail
mkdir -p "$out/root/opt"
gunzip -c "$interpreter" | /usr/bin/tar -x --no-same-owner --no-same-permissions -C "$out/root/opt"
cd "$out/root/opt/python"
# Its own byte code may differ from what its sources give, and each file of it would be looked at for its date.
find . -depth '(' -name __pycache__ -o -name '*.pyc' ')' -exec rm -rf '{}' ';'
# A free-threaded interpreter has a name of its own.
[ -e "bin/python$minor" ] || ln -s "python${minor}t" "bin/python$minor"
[ -e bin/python3 ] || ln -s "python$minor" bin/python3
