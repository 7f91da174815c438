# All that is installed besides the project, as a farm of links: real directories, a link for each file. Behind a link
# to a directory, $ORIGIN in a wheel's RPATH would lead out of the farm and miss the other wheels.
{ pkgs, ... }:
{
  python,
  wheels, # store paths
}:
pkgs.runCommand "${python.libPrefix}-dependencies" { inherit wheels; } ''
  ${python.interpreter} -I ${./link_farm.py} "$out" $wheels
  mkdir -p "$out/${python.sitePackages}"
''
