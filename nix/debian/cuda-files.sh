# lay_out_wheel WHEEL DIRECTORY: what a wheel of NVIDIA's holds of a toolkit, laid out in DIRECTORY. From CUDA 13 on all
# components share nvidia/cu13, before that each has a directory of its own below nvidia/.
lay_out_wheel() {
  mkdir "$2/one"
  unzip -q "$1" 'nvidia/*' -x '*/__init__.py' -d "$2/one"
  for component in "$2"/one/nvidia/* "$2"/one/nvidia/*/cuda_*; do
    for part in bin include lib lib64 nvvm; do
      [ -d "$component/$part" ] || continue
      target=$part
      [ "$part" != lib64 ] || target=lib
      mkdir -p "$2/$target"
      cp -Rlf "$component/$part/." "$2/$target/" # links, which take no room
    done
  done
  rm -rf "$2/one"
}
