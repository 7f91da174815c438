# unpack DEB…: their files below ./root, with /bin, /sbin and /lib* in /usr, without documentation.
umask 022
export PATH="$busybox/bin" LC_ALL=C TZ=UTC0
unpack() {
  mkdir -p root/usr
  for deb in "$@"; do
    mkdir one
    member=$(ar t "$deb" | grep '^data\.tar')
    case $member in
      *.xz) ar p "$deb" "$member" | unxz | tar x -C one ;;
      *.gz) ar p "$deb" "$member" | gunzip | tar x -C one ;;
      *) ar p "$deb" "$member" | tar x -C one ;;
    esac
    rm -rf one/usr/share/doc one/usr/share/man one/usr/share/info one/usr/share/locale one/usr/share/lintian
    for name in bin sbin lib lib64; do
      [ ! -d "one/$name" ] || { mkdir -p "one/usr/$name" && cp -a "one/$name/." "one/usr/$name/" && rm -rf "one/$name"; }
    done
    cp -a one/. root/
    rm -rf one
  done
  # One directory of libraries, of headers and of programs, as in a store path.
  for name in lib include; do
    [ ! -d "root/usr/$name/$triplet" ] || { cp -a "root/usr/$name/$triplet/." "root/usr/$name/" && rm -rf "root/usr/$name/$triplet"; }
  done
  [ ! -d root/usr/sbin ] || { mkdir -p root/usr/bin && cp -a root/usr/sbin/. root/usr/bin/ && rm -rf root/usr/sbin; }
  rm -rf root/usr/lib64
}
