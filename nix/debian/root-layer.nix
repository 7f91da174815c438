# A layer of a Debian root: the files of one group of packages, or (`group = null`) all that the groups `below`
# and the root's parent do not hold.
{ run, tools, ... }:
{
  name,
  root,
  group ? null,
  below ? [ ],
  parent ? null,
  compression,
}:
run {
  name = "layer-${name}";
  script = ./root-layer.sh;
  environment = {
    inherit
      tools
      root
      below
      compression
      ;
    group = if group == null then "" else group;
    parent = if parent == null then "" else parent;
    seal = ./seal.sh;
  };
}
