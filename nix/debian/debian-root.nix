# A root file system of unpacked Debian packages, configured as their maintainer scripts would have: `root` is the
# tree; `lists/GROUP` names the files of each group of packages, for the layers.
{
  run,
  fetch,
  tools,
  ...
}:
{
  name,
  groups, # [ { name; debs = [ pin ]; } ]
  parent ? null, # a root to start from; its files are copied
  interpreter ? null, # { archive; python = "3.12"; } of those that uv manages, for /opt/python
}:
run {
  inherit name;
  script = ./debian-root.sh;
  environment = {
    inherit tools;
    unpack = ./unpack-debs.sh;
    configure = ./configure-root.sh;
    alternatives = ./alternatives.awk;
    compile = ../common/compile.py;
    parent = if parent == null then "" else parent;
    groups = map (group: group.name) groups;
    debs = map (group: map fetch group.debs) groups;
    interpreter = if interpreter == null then "" else fetch interpreter.archive;
    minor = if interpreter == null then "" else interpreter.python;
    unpack_interpreter = ./unpack-interpreter.sh;
    relocate = ../common/relocate_python.py;
    counts = map (group: builtins.length group.debs) groups;
  };
}
