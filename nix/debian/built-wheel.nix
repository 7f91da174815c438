# A package that its own backend builds from source (PEP 517), as $out/*.whl.
{
  run,
  fetch,
  tools,
  ...
}:
{
  name,
  source, # an archive or a directory
  subdirectory ? "", # of it, where the package lies
  pretend ? "", # NAME==VERSION where the version would be read off a repository
  buildEnv,
  backend, # { "build-backend"; "backend-path"; } as pyproject.toml has them
  root, # to build in: with compilers and headers where it needs them
  image, # the image's own root, which must have the libraries that the package links with
  crates ? [ ], # of its Cargo.lock
  cuda ? null, # { toolkit; environment; brought; } where the root to build in sees one
}:
run {
  name = "wheel-${name}";
  script = ./built-wheel.sh;
  environment = {
    inherit
      tools
      source
      subdirectory
      pretend
      buildEnv
      root
      image
      ;
    package = name;
    backend = builtins.toJSON backend;
    crates = map fetch crates;
    cargo_home = "/build/cargo";
    unpack = ./source-tree.sh;
    linked = ./linked.sh;
    vendor = ../common/vendor-crates.sh;
    build = ../common/build_wheel.py;
  }
  // import ./cuda-environment.nix cuda;
}
