# lay_out_wheel WHEEL DIRECTORY: what a wheel of NVIDIA's holds of a toolkit, laid out in DIRECTORY. From CUDA 13 on all
# components share nvidia/cu13, before that each has a directory of its own below nvidia/.
lay_out_wheel() {
  mkdir one
  unzip -q "$1" 'nvidia/*' -d one
  find one -name __init__.py -exec rm -f '{}' ';'
  for component in one/nvidia/* one/nvidia/*/cuda_*; do
    for part in bin include lib lib64 nvvm; do
      [ -d "$component/$part" ] || continue
      target=$part
      [ "$part" != lib64 ] || target=lib
      mkdir -p "$2/$target"
      cp -R "$component/$part/." "$2/$target/"
    done
  done
  chmod -R u+rwX,go=rX "$2"
  rm -rf one
}
