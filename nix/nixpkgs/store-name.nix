# The name of the store path of a distribution: a version may hold "!" (PEP 440), the name of a store path not.
{ lib, ... }:
python: name: version:
lib.concatStringsSep "-" (
  [
    python.libPrefix
    name
  ]
  ++ lib.optional (version != null) (builtins.replaceStrings [ "!" ] [ "-" ] version)
)
