# The environment that a project's build backend runs in (PEP 517), at /opt/build: its locked build requirements.
{
  run,
  fetch,
  uv,
  ...
}:
{
  root,
  python, # its path
  wheels,
}:
run {
  name = "build-environment";
  script = ./build-env.sh;
  environment = {
    inherit uv root python;
    compile = ../common/compile.py;
    install = ./install-wheels.sh;
    wheels = map (wheel: fetch wheel.pin) wheels;
    files = map (wheel: wheel.file) wheels;
    requirements = map (wheel: "${wheel.name}==${wheel.version}") wheels;
  };
}
