# All that is installed besides the project, as a farm of links (link_farm.py says of what).
{ pkgs, ... }:
{
  python,
  wheels, # store paths
}:
pkgs.runCommand "${python.libPrefix}-dependencies" { inherit wheels; } ''
  ${python.interpreter} -I ${./link_farm.py} "$out" ${python.sitePackages} $wheels
''
