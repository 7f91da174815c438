# A layer of wheels, installed by uv at /opt/venv and compiled to byte code. Nothing else of the image takes part,
# so that a wheel makes the same layer, to the byte, wherever it is used with this interpreter.
{
  run,
  fetch,
  tools,
  uv,
  ...
}:
{
  name,
  root,
  venv,
  wheels ? [ ], # [ { name; version; file; pin; } ]
  built ? [ ], # [ { name; version; wheel; } ], what builtWheel made; version: null where the build decides
  tags ? null, # of the platform that uv chooses for, where it is not this machine's: "aarch64-manylinux_2_40"
  compression,
}:
run {
  name = "layer-${name}";
  script = ./wheel-layer.sh;
  environment = {
    inherit
      tools
      uv
      root
      venv
      compression
      ;
    seal = ./seal.sh;
    compile = ../common/compile.py;
    install = ./install-wheels.sh;
    wheels = map (wheel: fetch wheel.pin) wheels;
    files = map (wheel: wheel.file) wheels;
    requirements = map (
      package: if package.version == null then package.name else "${package.name}==${package.version}"
    ) (wheels ++ built);
    built = map (package: package.wheel) built;
  }
  // (if tags == null then { } else { inherit tags; });
}
