# unpack_source: $source, a directory or an archive of one, lies in $tree afterwards, writable. An archive's own directory
# keeps its name: some versions are read off it. $subdirectory, of that tree, is built.
unpack_source() {
  mkdir -p source
  case $source in
    *.zip) unzip -q "$source" -d source ;;
    *.tar.gz)
      export source
      enter "$tools" -- /bin/sh -euc 'set -o pipefail; gunzip -c "$source" | /usr/bin/tar -x --no-same-owner -C /build/source'
      ;;
    *) cp -a "$source/." source ;;
  esac
  chmod -R u+rwX source
  case $source in
    *.zip | *.tar.gz) tree=$(find source -mindepth 1 -maxdepth 1 -type d ! -name '._*') ;;
    *) tree=source${subdirectory:+/$subdirectory} ;;
  esac
}

# in_build_environment COMMAND ...: in the root to build in, with the build environment at /opt/build and, where there is
# one, the CUDA toolkit at /usr/local/cuda.
in_build_environment() {
  mkdir -p build-opt/build
  cores=$NIX_BUILD_CORES
  [ "$cores" != 0 ] || cores=$(nproc)
  export MAX_JOBS="$cores" CMAKE_BUILD_PARALLEL_LEVEL="$cores"
  enter "$root/root" "$NIX_BUILD_TOP/build-opt=/opt" "$buildEnv=/opt/build" ${toolkit:+"$toolkit=/usr/local/cuda"} -- \
    ${toolkit:+/usr/bin/env "PATH=/opt/venv/bin:/usr/local/cuda/bin:/usr/sbin:/usr/bin:/sbin:/bin"} "$@"
}
