# The tree of a commit, named by the hash of its archive (NAR). Nix cannot fetch it without a git, so `neve` adds it to
# the store; where that has not happened, this stops with the name of the command that does it.
{
  name, # the package's
  hash,
  ...
}:
derivation {
  name = "source";
  system = "builtin";
  builder = "builtin:fetchurl";
  url = "file:///the-git-tree-of-${name}-is-not-in-this-store--run--neve-bootstrap--in-the-project";
  urls = [ ];
  unpack = false;
  executable = true;
  outputHashMode = "recursive";
  outputHashAlgo = "sha256";
  outputHash = hash;
  preferLocalBuild = true;
}
