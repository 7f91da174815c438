# The tree of a commit with its submodules. It has the store path under which `neve build` adds it.
{ pkgs, ... }:
{
  url,
  rev,
  hash,
  ...
}:
pkgs.fetchgit {
  inherit url rev hash;
  name = "source";
  fetchSubmodules = true;
}
