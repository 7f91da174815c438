# The environment of a build and its phases, with the names that packages of nixpkgs use: hooks are functions or
# strings named like a phase (preFixup) and arrays (preFixupHooks); setup hooks of the inputs are sourced.
# `nix develop` sources this too: nothing here may end the shell.
set -eu -o pipefail
shopt -s nullglob inherit_errexit
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-315532800}
export NIX_BUILD_CORES=${NIX_BUILD_CORES:-1} NIX_STORE=${NIX_STORE:-/nix/store}
export TZ=UTC
hostOffset=0 targetOffset=1
declare -a preConfigureHooks=() preFixupHooks=() fixupOutputHooks=() postFixupHooks=() postUnpackHooks=() unpackCmdHooks=()
declare -a preBuildHooks=() postBuildHooks=() preInstallHooks=() postInstallHooks=() envHooks=() postHooks=() exitHooks=()

# Where attributes are structured, env and outputs are arrays that a builder sees as variables.
if [ -n "${__structuredAttrs-}" ] && [ -e "${NIX_ATTRS_SH_FILE-}" ]; then
  for name in "${!outputs[@]}"; do export "$name=${outputs[$name]}"; done
  for name in "${!env[@]}"; do export "$name=${env[$name]}"; done
fi

getAllOutputNames() {
  if [ -n "${__structuredAttrs-}" ]; then echo "${!outputs[*]}"; else echo "${outputs:-out}"; fi
}
# words NAME: the elements of the list NAME, an array or a string.
words() {
  local - word
  set -f
  local -n list=$1
  if [[ ${list@a} == *a* ]]; then set -- "${list[@]}"; else set -- ${list-}; fi
  for word in "$@"; do printf '%s\n' "$word"; done
}

_call() {
  if [ "$(type -t "$1")" = function ]; then "$1"; else eval "$1"; fi
}
runHook() {
  local hook array="${1}Hooks[@]" word=$1
  shift
  for hook in "_runDefault $word" "${!array}"; do
    case $hook in
      _runDefault*)
        if [ "$(type -t "$word")" = function ]; then "$word" "$@"; elif [ -n "${!word-}" ]; then eval "${!word}"; fi
        ;;
      *) _call "$hook" ;;
    esac
  done
}

addToSearchPathWithCustomDelimiter() {
  [ ! -d "$3" ] || export "$2=${!2:+${!2}$1}$3"
}
addToSearchPath() { addToSearchPathWithCustomDelimiter : "$@"; }
addEnvHooks() {
  shift
  envHooks+=("$@")
}

# Inputs: programs on PATH, propagated inputs too, each once; setup hooks; then what hooks want to know of each.
declare -A _seen=()
declare -a _inputs=()
_addInput() {
  local input=$1 more
  [ -z "${_seen[$input]-}" ] || return 0
  _seen[$input]=1
  _inputs+=("$input")
  addToSearchPath PATH "$input/bin"
  for more in propagated-build-inputs propagated-native-build-inputs; do
    if [ -e "$input/nix-support/$more" ]; then
      for more in $(< "$input/nix-support/$more"); do _addInput "$more"; done
    fi
  done
}
# What a setup hook declares ends with this function, as in nixpkgs.
_activate() {
  if [ -f "$1" ]; then source "$1"; elif [ -e "$1/nix-support/setup-hook" ]; then source "$1/nix-support/setup-hook"; fi
}
_addInputs() {
  local kind input
  for kind in depsBuildBuild nativeBuildInputs depsBuildTarget depsHostHost buildInputs depsTargetTarget \
    propagatedNativeBuildInputs propagatedBuildInputs defaultNativeBuildInputs; do
    for input in $(words "$kind"); do _addInput "$input"; done
  done
  for input in $initialPath; do addToSearchPath PATH "$input/bin"; done
  for input in "${_inputs[@]}"; do _activate "$input"; done
  for input in "${_inputs[@]}"; do
    local hook
    for hook in "${envHooks[@]}"; do "$hook" "$input"; done
    addToSearchPath XDG_DATA_DIRS "$input/share"
    [ ! -d "$input/lib" ] || export NIX_LDFLAGS="${NIX_LDFLAGS-} -L$input/lib"
    [ ! -d "$input/include" ] || export NIX_CFLAGS_COMPILE="${NIX_CFLAGS_COMPILE-} -isystem $input/include"
  done
}
for _name in depsBuildBuild nativeBuildInputs depsBuildTarget depsHostHost buildInputs depsTargetTarget \
  propagatedNativeBuildInputs propagatedBuildInputs; do
  [ -n "${!_name+set}" ] || declare "$_name="
done
if [ -z "${IN_NIX_SHELL-}" ]; then PATH= HOME=/homeless-shelter; fi
set +u
_addInputs
export PATH
if [ -n "${CC+set}" ] || type -P gcc > /dev/null; then export CC=${CC:-gcc} CXX=${CXX:-g++} AR=${AR:-ar} LD=${LD:-ld}; fi
for _hook in "${postHooks[@]}"; do _call "$_hook"; done

# Files and texts.
substitute() {
  local input=$1 output=$2 text
  shift 2
  text=$(cat "$input" && echo x)
  text=${text%x}
  while [ $# -gt 0 ]; do
    case $1 in
      --replace | --replace-fail | --replace-warn | --replace-quiet)
        if [ "$1" = --replace-fail ] && [[ $text != *"$2"* ]]; then
          echo "substitute: $input does not hold $2" >&2
          return 1
        fi
        text=${text//"$2"/"$3"}
        shift 3
        ;;
      --subst-var)
        text=${text//"@$2@"/"${!2}"}
        shift 2
        ;;
      --subst-var-by)
        text=${text//"@$2@"/"$3"}
        shift 3
        ;;
      *)
        echo "substitute: $1 is not known" >&2
        return 1
        ;;
    esac
  done
  printf %s "$text" > "$output.new"
  cat "$output.new" > "$output"
  rm "$output.new"
}
substituteInPlace() {
  local files=()
  while [ $# -gt 0 ] && [[ $1 != --* ]]; do
    files+=("$1")
    shift
  done
  local file
  for file in "${files[@]}"; do substitute "$file" "$file" "$@"; done
}
substituteAll() {
  local name arguments=()
  while read -r name; do arguments+=(--subst-var "$name"); done < <(compgen -e | grep -E '^[a-z][A-Za-z0-9_]*$')
  substitute "$1" "$2" "${arguments[@]}"
}
substituteAllInPlace() { substituteAll "$1" "$1"; }
# linkTree FROM TO: TO gets FROM's directories and links to its files; what is there stays.
linkTree() {
  local from=$1 to=$2 entry
  mkdir -p "$to"
  for entry in "$from"/* "$from"/.[!.]*; do
    if [ -d "$entry" ]; then
      linkTree "$entry" "$to/${entry##*/}"
    elif [ ! -e "$to/${entry##*/}" ]; then
      ln -s "$entry" "$to/${entry##*/}"
    fi
  done
}
patchShebangs() {
  local file line program
  while [[ ${1-} == --* ]]; do shift; done
  while read -r -d '' file; do
    read -r line 2> /dev/null < "$file" || true
    [[ $line == '#!'* && $line != *"$NIX_STORE"* ]] || continue
    line=${line#'#!'}
    program=${line%% *}
    if [ "${program##*/}" = env ]; then program=${line#* }; fi
    program=$(type -P "$(basename "${program%% *}")") || continue
    chmod u+w "$file"
    sed -i "1s|.*|#!$program|" "$file"
  done < <(find "$@" -type f -perm -0100 -print0)
}
makeWrapper() {
  local original=$1 wrapper=$2 lines=
  shift 2
  while [ $# -gt 0 ]; do
    case $1 in
      --set) lines+="export $2=${3@Q}"$'\n' && shift 3 ;;
      --set-default) lines+="export $2=\${$2-${3@Q}}"$'\n' && shift 3 ;;
      --unset) lines+="unset $2"$'\n' && shift 2 ;;
      --run) lines+="$2"$'\n' && shift 2 ;;
      --prefix) lines+="export $2=${4@Q}\${$2:+${3@Q}\$$2}"$'\n' && shift 4 ;;
      --suffix) lines+="export $2=\${$2:+\$$2${3@Q}}${4@Q}"$'\n' && shift 4 ;;
      --add-flags) local flags="${flags-} $2" && shift 2 ;;
      *) echo "makeWrapper: $1 is not known" >&2 && return 1 ;;
    esac
  done
  mkdir -p "$(dirname "$wrapper")"
  printf '#!%s -e\n%sexec -a "$0" %s%s "$@"\n' "$SHELL" "$lines" "$original" "${flags-}" > "$wrapper"
  chmod +x "$wrapper"
}
wrapProgram() {
  local hidden
  hidden=$(dirname "$1")/.$(basename "$1")-wrapped
  mv "$1" "$hidden"
  makeWrapper "$hidden" "$@"
}

# Phases. Each is a variable or a function of its name.
unpackPhase() {
  runHook preUnpack
  local source one before
  before=$(ls)
  for source in $(words srcs) ${src-}; do
    echo "unpacking $source"
    one=$(basename "$source")
    one=${one#*-}
    if [ -d "$source" ]; then
      cp -pr --reflink=auto --no-preserve=ownership "$source" "$one"
      chmod -R u+w "$one"
    else
      case $source in
        *.tar | *.tar.* | *.tgz) tar xf "$source" --mode=+w --warning=no-timestamp ;;
        *.zip) unzip -qq "$source" ;;
        *)
          echo "do not know how to unpack $source" >&2
          exit 1
          ;;
      esac
    fi
  done
  if [ -z "${sourceRoot-}" ]; then
    for one in *; do
      if [ -d "$one" ] && ! grep -qxF "$one" <<< "$before"; then sourceRoot=$one; fi
    done
  fi
  [ -z "${sourceRoot-}" ] || chmod -R u+w "$sourceRoot"
  runHook postUnpack
}
patchPhase() {
  runHook prePatch
  local one
  for one in $(words patches); do patch -p1 < "$one"; done
  runHook postPatch
}
configurePhase() {
  runHook preConfigure
  if [ -x ./configure ]; then ./configure --prefix="$out" $(words configureFlags); fi
  runHook postConfigure
}
buildPhase() {
  runHook preBuild
  if [ -e Makefile ] || [ -e makefile ]; then make $(words makeFlags) $(words buildFlags) SHELL="$SHELL"; fi
  runHook postBuild
}
checkPhase() {
  runHook preCheck
  if [ -e Makefile ]; then make $(words makeFlags) SHELL="$SHELL" check; fi
  runHook postCheck
}
installPhase() {
  runHook preInstall
  if [ -e Makefile ] || [ -e makefile ]; then make $(words makeFlags) SHELL="$SHELL" PREFIX="$out" prefix="$out" install; fi
  runHook postInstall
}
recordPropagatedDependencies() {
  local kind
  for kind in propagatedBuildInputs propagatedNativeBuildInputs; do
    if [ -n "$(words $kind)" ]; then
      mkdir -p "$out/nix-support"
      words $kind | tr '\n' ' ' > "$out/nix-support/$(sed -E 's/[A-Z]/-\L&/g' <<< "$kind")"
    fi
  done
}
fixupPhase() {
  local output prefix file
  for output in $(getAllOutputNames); do
    if [ -e "${!output}" ]; then chmod -R u+w,u-s,g-s "${!output}"; fi
  done
  runHook preFixup
  for output in $(getAllOutputNames); do
    prefix=${!output}
    [ -d "$prefix" ] || continue
    if [ -z "${dontPatchELF-}" ]; then
      while read -r -d '' file; do
        [[ $(head -c 4 "$file" | tr -d '\0') != $'\177ELF' ]] || patchelf --shrink-rpath "$file" 2> /dev/null || true
      done < <(find "$prefix" -type f \( -perm -0100 -o -name '*.so*' \) -print0)
    fi
    [ -n "${dontPatchShebangs-}" ] || patchShebangs "$prefix"
    runHook fixupOutput
  done
  recordPropagatedDependencies
  if [ -n "${setupHook-}" ]; then
    mkdir -p "$out/nix-support"
    substituteAll "$setupHook" "$out/nix-support/setup-hook"
  fi
  runHook postFixup
}
installCheckPhase() {
  runHook preInstallCheck
  runHook postInstallCheck
}
distPhase() {
  runHook preDist
  runHook postDist
}

# A derivation's variables are exported strings; a function defined by a hook goes before.
_phase() {
  local phase=$1 skip
  case $phase in
    checkPhase) [ -n "${doCheck-}" ] || return 0 ;;
    installCheckPhase) [ -n "${doInstallCheck-}" ] || return 0 ;;
    distPhase) [ -n "${doDist-}" ] || return 0 ;;
  esac
  skip=${phase%Phase}
  skip=dont${skip^}
  [ -z "${!skip-}" ] || return 0
  echo "Running phase: $phase"
  if [ -n "${!phase-}" ]; then eval "${!phase}"; else "$phase"; fi
  if [ "$phase" = unpackPhase ] && [ -n "${sourceRoot-}" ]; then cd "$sourceRoot"; fi
}
genericBuild() {
  local phase
  if [ -e "${buildCommandPath-}" ]; then
    source "$buildCommandPath"
    return
  elif [ -n "${buildCommand-}" ]; then
    eval "$buildCommand"
    return
  fi
  if [ -z "${phases[*]-}" ]; then
    phases="$(words prePhases) unpackPhase patchPhase $(words preConfigurePhases) configurePhase \
      $(words preBuildPhases) buildPhase checkPhase $(words preInstallPhases) installPhase \
      $(words preFixupPhases) fixupPhase installCheckPhase $(words preDistPhases) distPhase $(words postPhases)"
  fi
  for phase in $(words phases); do _phase "$phase"; done
}
