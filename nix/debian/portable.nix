# What this machine has built for another platform, a wheel or the layer of one: it must be pure Python.
{ run, tools, ... }:
{
  name, # the package's
  platform, # "linux/arm64"
  built, # as builtWheel or packageLayer give it
}:
run {
  name = "portable-${name}";
  script = ./portable.sh;
  environment = {
    inherit tools built platform;
    package = name;
  };
}
