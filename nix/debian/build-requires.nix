# What the backend of a source tree asks for besides its static requirements (PEP 517, get_requires_for_build_wheel),
# as JSON: `neve lock` reads it.
{ run, tools, ... }:
{
  name,
  source, # an archive or a directory
  subdirectory ? "", # of it, where the package lies
  pretend ? "", # NAME==VERSION where the version would be read off a repository
  buildEnv, # the static requirements
  backend,
  root, # to build in
  cuda ? null, # { toolkit; environment; brought; } where the root to build in sees one
}:
run {
  name = "requires-${name}";
  script = ./build-requires.sh;
  environment = {
    inherit
      tools
      source
      subdirectory
      pretend
      buildEnv
      root
      ;
    backend = builtins.toJSON backend;
    unpack = ./source-tree.sh;
    build = ../common/build_wheel.py;
  }
  // import ./cuda-environment.nix cuda;
}
