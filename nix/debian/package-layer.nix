# The layer of a package that is built from its source directory: its backend makes a wheel in the locked build
# environment, uv installs the wheel.
{
  run,
  tools,
  uv,
  ...
}:
{
  name, # the package's
  source,
  buildEnv,
  backend, # { "build-backend"; "backend-path"; } as pyproject.toml has them
  root,
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
      venv
      compression
      source
      buildEnv
      ;
    package = name;
    backend = builtins.toJSON backend;
    seal = ./seal.sh;
    compile = ../common/compile.py;
    install = ./install-wheels.sh;
    build = ../common/build_wheel.py;
  };
}
