# "; did you mean NAME?" for a name that a set of packages lacks: what other systems call by that name, or a near one.
{ lib, pkgs, ... }:
{
  set,
  below, # the path of the set, "" or "cudaPackages_12_9."
  name,
}:
let
  aliases = import ./aliases.nix;
  isPackage = value: (builtins.tryEval (lib.isDerivation value)).value;

  # An attribute that a release renamed has several names here, newest first.
  exists = path: isPackage (lib.attrByPath (lib.splitString "." path) null pkgs);
  alias = names: lib.findFirst exists (builtins.head names) names;

  plain = text: builtins.replaceStrings [ "_" "-" ] [ "" "" ] (lib.toLower text);
  wanted = plain name;
  length = builtins.stringLength wanted;
  most =
    if length < 4 then
      0
    else if length < 6 then
      1
    else
      2;
  # nixpkgs has 25,000 names: most are passed over by a look at their length and their ends.
  part = start: text: lib.substring start 1 text;
  alike =
    other:
    let
      size = builtins.stringLength other;
    in
    size > 0
    && size - length <= most
    && length - size <= most
    && (part 0 other == part 0 wanted || part (size - 1) other == part (length - 1) wanted)
    && lib.strings.levenshteinAtMost most wanted other;
  names = builtins.filter (other: alike (plain other) && isPackage set.${other}) (
    if builtins.isAttrs set then builtins.attrNames set else [ ]
  );
  nearest = builtins.sort (
    left: right:
    lib.strings.levenshtein wanted (plain left) < lib.strings.levenshtein wanted (plain right)
  ) names;
in
if below == "" && aliases.instead ? ${name} then
  "; did you mean ${alias aliases.instead.${name}}?"
else if below == "" && aliases.needless ? ${name} then
  "; leave it out: ${aliases.needless.${name}}"
else if nearest != [ ] then
  "; did you mean ${below}${builtins.head nearest}?"
else
  ""
