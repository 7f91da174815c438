# The static busybox that every builder runs on, named by the hash of its directory. Nix cannot take it out of
# its .deb without a shell, so `neve` adds it to the store; where that has not happened, this stops with the name
# of the command that does it.
{ name, sha256 }:
derivation {
  inherit name;
  system = "builtin";
  builder = "builtin:fetchurl";
  url = "file:///the-static-busybox-is-not-in-this-store--run--neve-bootstrap--once";
  urls = [ ];
  unpack = false;
  executable = true;
  outputHashMode = "recursive";
  outputHashAlgo = "sha256";
  outputHash = sha256;
  preferLocalBuild = true;
}
