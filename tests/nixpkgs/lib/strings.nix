# Functions of nixpkgs' lib on strings, under its names and with its meaning.
{ lists, attrsets }:
let
  inherit (builtins)
    concatStringsSep
    elemAt
    filter
    genList
    isString
    length
    replaceStrings
    split
    stringLength
    substring
    ;

  lower = "abcdefghijklmnopqrstuvwxyz";
  upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  characters = text: genList (n: substring n 1 text) (stringLength text);

  # The rows of the edit distance's table, one a character of `a`.
  distance =
    a: b:
    let
      other = characters b;
      next =
        row: character:
        lists.foldl' (
          cells: n:
          let
            above = elemAt row (n + 1) + 1;
            left = elemAt cells n + 1;
            diagonal = elemAt row n + (if elemAt other n == character then 0 else 1);
            less = x: y: if x < y then x else y;
          in
          cells ++ [ (less diagonal (less above left)) ]
        ) [ (elemAt row 0 + 1) ] (genList (n: n) (length other));
    in
    elemAt (lists.foldl' next (genList (n: n) (length other + 1)) (characters a)) (length other);
in
rec {
  inherit (builtins)
    concatStringsSep
    fromJSON
    isString
    match
    parseDrvName
    replaceStrings
    split
    stringLength
    substring
    toJSON
    typeOf
    unsafeDiscardStringContext
    ;

  concatStrings = concatStringsSep "";
  concatMapStrings = f: list: concatStrings (map f list);
  concatMapStringsSep =
    separator: f: list:
    concatStringsSep separator (map f list);
  concatImapStringsSep =
    separator: f: list:
    concatStringsSep separator (lists.imap1 f list);
  concatMapAttrsStringSep =
    separator: f: set:
    concatStringsSep separator (attrsets.mapAttrsToList f set);
  concatLines = concatMapStrings (line: line + "\n");
  optionalString = condition: text: if condition then text else "";
  stringToCharacters = characters;

  splitString = separator: text: filter isString (split (escapeRegex separator) (toString text));
  escape = list: replaceStrings list (map (character: "\\" + character) list);
  escapeRegex = escape (characters "\\[{()^$?*+|.");
  escapeNixString = text: escape [ "$" ] (builtins.toJSON text);
  escapeShellArg =
    value:
    let
      text = toString value;
    in
    if builtins.match "[[:alnum:],._+:@%/-]+" text == null then
      "'${replaceStrings [ "'" ] [ "'\\''" ] text}'"
    else
      text;
  escapeShellArgs = concatMapStringsSep " " escapeShellArg;

  hasPrefix = prefix: text: substring 0 (stringLength prefix) text == prefix;
  hasSuffix =
    suffix: text:
    stringLength text >= stringLength suffix
    && substring (stringLength text - stringLength suffix) (-1) text == suffix;
  hasInfix = infix: text: length (split (escapeRegex infix) text) > 1;
  removePrefix =
    prefix: text: if hasPrefix prefix text then substring (stringLength prefix) (-1) text else text;
  removeSuffix =
    suffix: text:
    if hasSuffix suffix text then substring 0 (stringLength text - stringLength suffix) text else text;
  toLower = replaceStrings (characters upper) (characters lower);
  toUpper = replaceStrings (characters lower) (characters upper);
  fixedWidthString =
    width: filler: text:
    if stringLength text >= width then text else fixedWidthString width filler (filler + text);

  versionOlder = a: b: builtins.compareVersions b a == 1;
  versionAtLeast = a: b: !versionOlder a b;
  getName =
    package:
    if isString package then
      (builtins.parseDrvName package).name
    else
      package.pname or (getName package.name);
  getVersion =
    package:
    if isString package then
      (builtins.parseDrvName package).version
    else
      package.version or (getVersion package.name);

  makeSearchPath =
    folder: packages:
    concatStringsSep ":" (map (path: "${path}/${folder}") (filter (path: path != null) packages));
  makeSearchPathOutput =
    output: folder: packages:
    makeSearchPath folder (map (attrsets.getOutput output) packages);
  makeLibraryPath = makeSearchPathOutput "lib" "lib";
  makeBinPath = makeSearchPathOutput "bin" "bin";

  levenshtein = distance;
  levenshteinAtMost =
    most: a: b:
    distance a b <= most;
}
