# check_linked WHEEL: ends the build where WHEEL links with a library that the root to build in or the CUDA toolkit has,
# and $image, the image's own, lacks; it names the package, or the wheel of the toolkit. What other wheels bring is in
# neither, or they are among $brought.
check_linked() {
  [ "$image" != "$root" ] && [ -x "$root/root/usr/bin/readelf" ] || return 0
  mkdir linked
  unzip -q "$1" -d linked
  find linked -type f | while read -r file; do
    if [ "$(head -c 4 "$file" | od -An -tx1 | tr -d ' \n')" = 7f454c46 ]; then echo "/build/$file"; fi
  done > objects
  [ -s objects ] || return 0
  enter "$root/root" -- /bin/sh -euc 'while read -r file; do /usr/bin/readelf -dW "$file"; done < /build/objects' |
    sed -n 's/.*(NEEDED).*\[\(.*\)\]$/\1/p' | sort -u > needed
  : > lacking
  while read -r soname; do
    held=$(library_of "$root/root" "$soname")
    if [ -n "$held" ] && [ -z "$(library_of "$image/root" "$soname")" ]; then
      echo "neve: $package links with $soname, which the image lacks (package $(package_of "$held"))" >> lacking
    elif [ -z "$held" ] && [ -z "$(library_of "$image/root" "$soname")" ]; then
      wheel=$(wheel_of "$soname")
      [ -z "$wheel" ] || echo "neve: $package links with $soname, which the image lacks (component $wheel)" >> lacking
    fi
  done < needed
  [ ! -s lacking ] || { cat lacking >&2; exit 1; }
}

# library_of ROOT SONAME: its path below ROOT.
library_of() {
  for place in "$1"/usr/lib/*-linux-gnu/"$2" "$1/usr/lib/$2" "$1"/usr/local/cuda-*/lib64/"$2"; do
    if [ -e "$place" ] || [ -L "$place" ]; then
      echo "${place#"$1"/}"
      return
    fi
  done
}

# wheel_of SONAME: the wheel of the toolkit that has it, where there is one; not those that the environment brings.
wheel_of() {
  [ -n "${toolkit-}" ] || return 0
  awk -v soname="$1" -v brought=" $brought " \
    '$1 == soname && !index(brought, " " $2 " ") { print $2; exit }' "$toolkit/share/neve/libraries"
}

# package_of PATH: the package of the root to build in that holds it, links followed.
package_of() {
  path=$1
  while [ -L "$root/root/$path" ]; do
    target=$(readlink "$root/root/$path")
    case $target in
      /*) path=${target#/} ;;
      *) path=${path%/*}/$target ;;
    esac
  done
  (
    cd "$root/root/var/lib/dpkg/status.d"
    # A name such as libstdc++.so.6 is no pattern; before it stand 32 digits and two spaces.
    { grep -lF -e "/${path##*/}" ./*.md5sums || :; } | while read -r list; do
      if cut -c 35- "$list" | grep -Fx -e "$path" -e "./$path" -e "${path#usr/}" -e "./${path#usr/}" > /dev/null; then
        list=${list#./}
        echo "${list%.md5sums}"
      fi
    done
  )
}
