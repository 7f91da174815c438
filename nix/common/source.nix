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
    (builtins.foldl'
      (
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
      )
      {
        last = "";
        all = { };
      }
      (parents file)
    ).all;
  named = builtins.foldl' (all: file: all // prefixes file) { } files;

  # A directory counts for the files in it, as in git.
  holds =
    directory:
    let
      kinds = builtins.readDir directory;
    in
    builtins.any (name: wanted "${directory}/${name}" kinds.${name}) (builtins.attrNames kinds);

  wanted =
    file: kind:
    let
      base = baseNameOf file;
    in
    (kind != "directory" || holds file)
    && !(
      builtins.elem base ignored.anywhere
      || (base == relative file && builtins.elem base ignored.top)
      || builtins.any (suffix: builtins.match ".*${suffix}" base != null) ignored.suffixes
    );
in
builtins.path {
  inherit path;
  name = "source";
  filter = file: kind: if files == null then wanted file kind else named ? ${relative file};
}
