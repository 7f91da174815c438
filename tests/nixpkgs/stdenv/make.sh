# stdenv as a store path: setup, and what it starts with.
export PATH=$coreutils/bin
mkdir "$out"
{
  echo "export SHELL=$bash/bin/bash"
  echo "initialPath='$initialPath'"
  echo "defaultNativeBuildInputs='$defaultNativeBuildInputs'"
  cat "$setup"
} > "$out/setup"
