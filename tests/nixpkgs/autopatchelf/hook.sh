# autoPatchelf [--no-recurse] [--] PATH…: points programs and libraries to the store. The libraries are those of the
# build's inputs; addAutoPatchelfSearchPath adds directories.
declare -ag autoPatchelfLibs=() extraAutoPatchelfLibs=()
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
  local flags=() ignored runtime appended
  while [[ ${1-} == --* ]]; do
    [ "$1" != --no-recurse ] || flags=(--no-recurse)
    shift
  done
  mapfile -t ignored < <(words autoPatchelfIgnoreMissingDeps)
  mapfile -t runtime < <(words runtimeDependencies | sed 's#.$#&/lib#')
  mapfile -t appended < <(words appendRunpaths)
  @python@ -I @script@ "${flags[@]}" --libc @libc@/lib \
    --ignore-missing "${ignored[@]}" \
    --libs "${autoPatchelfLibs[@]}" "${extraAutoPatchelfLibs[@]}" \
    --runtime-dependencies "${runtime[@]}" \
    --append-rpaths "${appended[@]}" \
    --paths "$@"
}
autoPatchelfPostFixup() {
  if [ -z "${dontAutoPatchelf-}" ]; then
    autoPatchelf -- $(for output in $(getAllOutputNames); do if [ -e "${!output}" ]; then echo "${!output}"; fi; done)
  fi
}
postFixupHooks+=(autoPatchelfPostFixup)
