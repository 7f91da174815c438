# The package at an attribute path, such as "ffmpeg" or "cudaPackages_12_9.cuda_nvcc". `key` is what of the
# configuration asks for it, such as "tool.neve.system": an error names it.
{
  lib,
  pkgs,
  suggest,
  ...
}:
key: path:
let
  parts = lib.splitString "." path;
  release = "nixpkgs ${lib.trivial.release}";
  where = "(${key})";

  find =
    set: below: names:
    let
      name = builtins.head names;
      rest = builtins.tail names;
    in
    if !(builtins.isAttrs set && set ? ${name}) then
      throw "neve: ${release} has no package ${path} ${where}${suggest { inherit set below name; }}"
    else if rest == [ ] then
      set.${name}
    else
      find set.${name} "${below}${name}." rest;

  found = find pkgs "" parts;
in
if builtins.match "(python|pypy)[0-9]*Packages" (builtins.head parts) != null then
  throw "neve: ${path} ${where} is a Python package: add it with `uv add`, so that uv.lock pins it"
else if lib.isDerivation found then
  found
else if builtins.isAttrs found then
  throw "neve: ${path} of ${release} is a set, not a package ${where}; name a package in it: ${path}.NAME"
else
  throw "neve: ${path} of ${release} is not a package ${where}"
