#!/bin/sh
# Install the programs that tests compare neve with or run images in. Without root, tests that need them are skipped
# and say so; docker-registry, skopeo and bubblewrap come through neve's own tools in any case.
set -eu
missing=
for program in podman runc skopeo docker-registry bwrap git direnv; do
  command -v "$program" >/dev/null || missing="$missing $program"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "not installed:$missing; tests that need them are skipped" >&2
  exit 0
fi
apt-get update -q
DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends podman runc skopeo docker-registry bubblewrap git direnv
