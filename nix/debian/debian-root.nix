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
  native ? null, # { root; python; }, where its programs do not run here: the same root for this machine
  interpreter ? null, # { archive; python = "3.12"; } of those that uv manages, for /opt/python
  toolkit ? null, # the CUDA toolkit that builds see in it
}:
run {
  inherit name;
  script =
    if native != null then
      ./foreign-root.sh
    else if toolkit != null then
      ./build-root.sh
    else
      ./debian-root.sh;
  environment = {
    inherit tools;
    unpack = ./unpack-debs.sh;
    member = ./member.sh;
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
  }
  // (
    if native == null then
      { }
    else
      {
        native = native.root;
        inherit (native) python;
        ldconfig = ./ldconfig.py;
      }
  )
  // (
    if toolkit == null then
      { }
    else
      {
        inherit toolkit;
        debian_root = ./debian-root.sh;
      }
  );
}
