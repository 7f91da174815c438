# Functions of nixpkgs' lib on what a package says of itself.
{ attrsets, strings }:
rec {
  getExe' =
    package: program:
    if builtins.match ".*/.*" program != null then
      throw "lib.getExe': ${program} is a path, not the name of a program"
    else
      "${attrsets.getBin package}/bin/${program}";
  getExe = package: getExe' package (package.meta.mainProgram or (strings.getName package));
  setPrio = priority: addMetaAttrs { inherit priority; };
  lowPrio = setPrio 10;
  hiPrio = setPrio (-10);
  addMetaAttrs = more: package: package // { meta = package.meta or { } // more; };
}
