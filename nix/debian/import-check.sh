cp "$check" check.py
cp "$uv/bin/uv" uv
mkdir tmp
# The image has no /nix and no /build: what the check needs is mounted over /tmp.
unshare -r -m sh -euc '
  root=/tmp/root
  mkdir $root
  mount --rbind "$1" $root
  mount --rbind /proc $root/proc
  mount --rbind /dev $root/dev
  mount --rbind "$2" $root/tmp
  cd $root
  exec env -i PATH=/opt/venv/bin:/usr/bin:/bin HOME=/tmp LANG=C.UTF-8 modules="$modules" command="$command" directory="$directory" \
    "$(which chroot)" $root /opt/venv/bin/python -B /tmp/check.py /tmp/uv
' check "$rootfs" "$NIX_BUILD_TOP" | tee "$out"
