# What a wheel may expect of its host: the libraries of PEP 599, and those that most wheels use although it lacks them.
# `core` are the few that come with every image, because the interpreter or nearly every wheel with C++ needs them.
{ pkgs, ... }:
rec {
  core = [
    pkgs.stdenv.cc.cc.lib
    pkgs.zlib
    pkgs.expat
  ];
  all = core ++ pkgs.pythonManylinuxPackages.manylinux2014;
}
