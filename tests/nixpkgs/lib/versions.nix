# Functions of nixpkgs' lib on the parts of a version.
{ lists }:
let
  part = number: version: builtins.elemAt (builtins.splitVersion version) number;
in
{
  inherit (builtins) splitVersion;
  major = part 0;
  minor = part 1;
  patch = part 2;
  majorMinor = version: builtins.concatStringsSep "." (lists.take 2 (builtins.splitVersion version));
}
