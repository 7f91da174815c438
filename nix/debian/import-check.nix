# Succeeds where every top-level module of the environment imports inside the image's file system and the installed
# versions satisfy one another, and where what the image starts is there.
{ run, uv, ... }:
{
  rootfs,
  directory, # the working directory
  command, # what the image starts: it must be on its PATH
  modules ? null, # the names to import; null: all that the distributions list
}:
run {
  name = "import-check";
  script = ./import-check.sh;
  environment = {
    inherit
      uv
      rootfs
      command
      directory
      ;
    modules = if modules == null then "" else builtins.concatStringsSep " " modules;
    check = ../common/import_check.py;
  };
}
