# autoPatchelf [--no-recurse] [--] PATH…: points programs and libraries to the store. The libraries are those of the
# build's inputs; addAutoPatchelfSearchPath adds directories.
declare -a autoPatchelfLibs=() extraAutoPatchelfLibs=()
gatherLibraries() {
  autoPatchelfLibs+=("$1/lib")
}
addEnvHooks "$targetOffset" gatherLibraries
addAutoPatchelfSearchPath() {
  local directory depth=()
  while [[ ${1-} == --* ]]; do
    [ "$1" != --no-recurse ] || depth=(-maxdepth 1)
    shift
  done
  while read -r directory; do
    extraAutoPatchelfLibs+=("$directory")
  done < <(find "$@" "${depth[@]}" ! -type d \( -name '*.so' -o -name '*.so.*' \) -printf '%h\n' | uniq)
}
autoPatchelf() {
  local flags=()
  while [[ ${1-} == --* ]]; do
    [ "$1" != --no-recurse ] || flags=(--no-recurse)
    shift
  done
  @python@ -I @script@ "${flags[@]}" --libc @libc@/lib \
    --ignore-missing $(words autoPatchelfIgnoreMissingDeps) \
    --libs "${autoPatchelfLibs[@]}" "${extraAutoPatchelfLibs[@]}" \
    --runtime-dependencies $(words runtimeDependencies | sed 's#.$#&/lib#') \
    --append-rpaths $(words appendRunpaths) \
    --paths "$@"
}
autoPatchelfPostFixup() {
  if [ -z "${dontAutoPatchelf-}" ]; then
    autoPatchelf -- $(for output in $(getAllOutputNames); do if [ -e "${!output}" ]; then echo "${!output}"; fi; done)
  fi
}
postFixupHooks+=(autoPatchelfPostFixup)
