# The project's files, without what belongs to tools or was made by them (ignored.json names those).
path:
let
  ignored = builtins.fromJSON (builtins.readFile ./ignored.json);
  depth = builtins.stringLength (toString path) + 1;
in
builtins.path {
  inherit path;
  name = "source";
  filter =
    file: _:
    let
      base = baseNameOf file;
      top = base == builtins.substring depth (-1) (toString file);
    in
    !(
      builtins.elem base ignored.anywhere
      || (top && builtins.elem base ignored.top)
      || builtins.any (suffix: builtins.match ".*${suffix}" base != null) ignored.suffixes
    );
}
