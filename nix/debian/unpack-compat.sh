# unpack-compat.sh DIRECTORY: inside the tools, lays out $deb in DIRECTORY as an image has it.
# busybox's shell takes its own tar and xz before those on PATH, so the real ones are named by their paths.
set -o pipefail
tree=$1
. "$member"
mkdir -p /build/control /build/data "$tree/var/lib/dpkg/status.d" "$tree/usr/share"
member "$deb" control.tar | /usr/bin/tar -x --no-same-permissions -C /build/control
member "$deb" data.tar | /usr/bin/tar -x --no-same-owner --no-same-permissions -C /build/data

found=$(find /build/data -type d -name compat)
if [ -z "$(find "$found" -name 'libcuda.so.[0-9]*.*' 2> /dev/null)" ]; then
  echo "neve: ${deb##*/} has no directory compat with libcuda.so" >&2
  exit 1
fi
home=$tree/usr/local/cuda-$version
mkdir -p "$home"
cp -a "$found" "$home/compat"
if [ -z "$below" ]; then
  ln -s "cuda-$version" "$tree/usr/local/cuda"
elif [ "$below" != "$version" ]; then
  mkdir "$tree/usr/local/cuda-$below"
  ln -s "../cuda-$version/compat" "$tree/usr/local/cuda-$below/compat"
fi

# The licence, and what scanners read.
[ ! -d /build/data/usr/share/doc ] || cp -a /build/data/usr/share/doc "$tree/usr/share/"
package=$(sed -n 's/^Package: *//p' /build/control/control)
cp /build/control/control "$tree/var/lib/dpkg/status.d/$package"
[ ! -e /build/control/md5sums ] || cp /build/control/md5sums "$tree/var/lib/dpkg/status.d/$package.md5sums"
rmdir "$tree/usr/share" 2> /dev/null || :
