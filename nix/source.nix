# The project's files. `files` names them; where it is null they are all that ignored.json does not take out:
# what belongs to tools or was made by them.
{
  path,
  files ? null,
}:
let
  ignored = builtins.fromJSON (builtins.readFile ./ignored.json);
  depth = builtins.stringLength (toString path) + 1;
  relative = file: builtins.substring depth (-1) (toString file);

  parents = file: builtins.filter builtins.isString (builtins.split "/" file);
  prefixes =
    file:
    (builtins.foldl' (
      found: part:
      let
        next = if found.last == "" then part else "${found.last}/${part}";
      in
      {
        last = next;
        all = found.all // {
          ${next} = true;
        };
      }
    ) { last = ""; all = { }; } (parents file)).all;
  named = builtins.foldl' (all: file: all // prefixes file) { } files;

  wanted =
    file:
    let
      base = baseNameOf file;
    in
    !(
      builtins.elem base ignored.anywhere
      || (base == relative file && builtins.elem base ignored.top)
      || builtins.any (suffix: builtins.match ".*${suffix}" base != null) ignored.suffixes
    );
in
builtins.path {
  inherit path;
  name = "source";
  filter = file: _: if files == null then wanted file else named ? ${relative file};
}
