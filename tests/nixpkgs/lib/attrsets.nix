# Functions of nixpkgs' lib on attribute sets, under its names and with its meaning.
let
  inherit (builtins)
    attrNames
    concatMap
    elemAt
    foldl'
    isAttrs
    length
    listToAttrs
    ;
in
rec {
  inherit (builtins)
    attrNames
    attrValues
    catAttrs
    getAttr
    hasAttr
    isAttrs
    listToAttrs
    mapAttrs
    removeAttrs
    ;

  nameValuePair = name: value: { inherit name value; };
  genAttrs = names: f: listToAttrs (map (name: nameValuePair name (f name)) names);
  optionalAttrs = condition: set: if condition then set else { };
  mapAttrsToList = f: set: map (name: f name set.${name}) (attrNames set);
  attrsToList = mapAttrsToList nameValuePair;
  mapAttrs' = f: set: listToAttrs (mapAttrsToList f set);
  concatMapAttrs = f: set: foldl' (all: name: all // f name set.${name}) { } (attrNames set);
  filterAttrs =
    wanted: set:
    listToAttrs (
      concatMap (name: if wanted name set.${name} then [ (nameValuePair name set.${name}) ] else [ ]) (
        attrNames set
      )
    );
  mergeAttrsList = foldl' (a: b: a // b) { };

  # The value at a path of names, and whether there is one.
  attrByPath =
    path: default: set:
    let
      step =
        n: value:
        if n == length path then
          value
        else if isAttrs value && value ? ${elemAt path n} then
          step (n + 1) value.${elemAt path n}
        else
          default;
    in
    step 0 set;
  hasAttrByPath =
    path: set:
    let
      step =
        n: value:
        n == length path
        || (isAttrs value && value ? ${elemAt path n} && step (n + 1) value.${elemAt path n});
    in
    step 0 set;
  getAttrFromPath =
    path: attrByPath path (throw "there is no ${builtins.concatStringsSep "." path} in the set");
  setAttrByPath =
    path: value:
    if path == [ ] then
      value
    else
      { ${builtins.head path} = setAttrByPath (builtins.tail path) value; };

  recursiveUpdate =
    a: b:
    a
    // builtins.mapAttrs (
      name: value:
      if isAttrs value && isAttrs (a.${name} or null) then recursiveUpdate a.${name} value else value
    ) b;

  isDerivation = value: value.type or null == "derivation";
  recurseIntoAttrs = set: set // { recurseForDerivations = true; };
  getOutput =
    output: package:
    if package.outputSpecified or false then package else package.${output} or package.out or package;
  getBin = getOutput "bin";
  getDev = getOutput "dev";
  getLib = getOutput "lib";
}
