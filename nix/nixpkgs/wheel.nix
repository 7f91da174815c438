# A wheel of the lock as a store path. It knows nothing of an image's system packages, so it is the same in every image.
{
  lib,
  pkgs,
  fetch,
  install,
  manylinux,
  storeName,
  ...
}:
python:
{
  name,
  version,
  file,
  pin,
}:
let
  pure = lib.hasSuffix "-any.whl" file;
  stdenv = if pure then pkgs.stdenvNoCC else pkgs.stdenv;
in
stdenv.mkDerivation (
  {
    name = storeName python name version;
    dontUnpack = true;
    dontBuild = true;
  }
  // install {
    inherit python;
    wheel = fetch pin;
    libraries = if pure then null else manylinux.all;
  }
)
