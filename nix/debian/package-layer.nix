# The layer of a package that is built from its source directory: its backend makes a wheel in the locked build
# environment, uv installs the wheel.
{
  run,
  fetch,
  tools,
  uv,
  ...
}:
{
  name, # the package's
  source,
  buildEnv,
  backend, # { "build-backend"; "backend-path"; } as pyproject.toml has them
  root, # to build in
  image, # the image's own root
  crates ? [ ], # of its Cargo.lock
  cuda ? null, # { toolkit; environment; brought; } where the root to build in sees one
  venv,
  compression,
}:
run {
  name = "layer-${name}";
  script = ./package-layer.sh;
  environment = {
    inherit
      tools
      uv
      root
      image
      venv
      compression
      source
      buildEnv
      ;
    package = name;
    backend = builtins.toJSON backend;
    crates = map fetch crates;
    cargo_home = "/build/cargo";
    unpack = ./source-tree.sh;
    linked = ./linked.sh;
    vendor = ../common/vendor-crates.sh;
    seal = ./seal.sh;
    compile = ../common/compile.py;
    install = ./install-wheels.sh;
    build = ../common/build_wheel.py;
  }
  // import ./cuda-environment.nix cuda;
}
