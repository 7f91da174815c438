# The bare virtual environment at /opt/venv, as a tree and (`layer`) as a layer of the image.
{
  run,
  tools,
  uv,
  ...
}:
{
  root,
  python, # its path: "/usr/bin/python3.13"
  compression,
}:
run {
  name = "venv";
  script = ./venv.sh;
  environment = {
    inherit
      tools
      uv
      root
      python
      compression
      ;
    seal = ./seal.sh;
  };
}
