# Succeeds where what the image starts is there: for images without Python.
{ run, ... }:
{
  rootfs,
  directory, # the working directory
  command, # what the image starts: it must be on its PATH
}:
run {
  name = "command-check";
  script = ./command-check.sh;
  environment = {
    inherit rootfs directory command;
  };
}
