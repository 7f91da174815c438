# The components of the CUDA release that compile a project, the compiler that goes with it, and all of them in one
# directory, for build systems that ask for CUDA_HOME.
{
  lib,
  pkgs,
  cuda,
  package,
  ...
}:
components:
let
  set = "cudaPackages_${builtins.replaceStrings [ "." ] [ "_" ] cuda}";
in
if components == [ ] then
  {
    packages = [ ];
    inherit (pkgs) stdenv;
    environment = { };
    libraries = [ ];
  }
else
  rec {
    packages = map (component: package "tool.neve.cuda.toolkit" "${set}.${component}") components;
    stdenv = pkgs.${set}.backendStdenv;
    environment.CUDA_HOME = pkgs.symlinkJoin {
      name = "cuda-${cuda}";
      paths = lib.concatMap (package: map (output: package.${output}) package.outputs) packages;
    };
    # In the closure of these lies what compiled code goes on to need.
    libraries = [
      environment.CUDA_HOME
      (lib.getLib stdenv.cc.cc)
    ];
  }
