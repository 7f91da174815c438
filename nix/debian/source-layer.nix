# The layer of a project without a build system: its files in the working directory.
{ run, tools, ... }:
{
  source,
  directory, # "/app"
  compression,
}:
run {
  name = "layer-source";
  script = ./source-layer.sh;
  environment = {
    inherit
      tools
      source
      directory
      compression
      ;
    seal = ./seal.sh;
  };
}
