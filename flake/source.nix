# Files and directories of the repository, without what programs leave between them.
names:
let
  root = toString ../. + "/";
  relative = path: builtins.substring (builtins.stringLength root) (-1) path;
  first = path: builtins.head (builtins.split "/" (relative path));
  left =
    path:
    builtins.elem (baseNameOf path) (builtins.fromJSON (builtins.readFile ../nix/common/ignored.json))
    .anywhere;
in
builtins.path {
  path = ../.;
  name = "neve-source";
  filter = path: _: builtins.elem (first path) names && !left path;
}
