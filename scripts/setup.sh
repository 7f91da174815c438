#!/bin/sh
# setup.sh PYTHON VENV: make the environment VENV with neve (editable) and what its development needs.
set -eu
python=$1 venv=$2
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "$python is older than Python 3.11; give another: make PYTHON=python3.13 …" >&2
  exit 1
}
rm -rf "$venv"
# The shell of flake.nix has an environment that is ready.
if [ -n "${NEVE_ENVIRONMENT-}" ]; then
  mkdir "$venv"
  ln -s "$NEVE_ENVIRONMENT/bin" "$venv/bin"
  touch "$venv/.ready"
  exit
fi
# Debian's Python has no ensurepip unless python3-venv is installed.
"$python" -m venv "$venv" 2>/dev/null || {
  rm -rf "$venv"
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -q && apt-get install -y -q --no-install-recommends python3-venv
    "$python" -m venv "$venv"
  else
    echo "$python -m venv does not work: install python3-venv (or your system's package of that kind)" >&2
    exit 1
  fi
}
"$venv/bin/python" -m pip install -q --disable-pip-version-check uv
groups=$("$venv/bin/python" -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["dev"], sep="\n")')
printf '%s\n' "$groups" > "$venv/dev-requirements.txt"
# uv trusts what the host trusts, where it has a bundle
[ ! -e /etc/ssl/certs/ca-certificates.crt ] || export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}"
"$venv/bin/uv" pip install -q --python "$venv/bin/python" -e . -r "$venv/dev-requirements.txt"
touch "$venv/.ready"
