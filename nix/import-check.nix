# Succeeds where every top-level module of the environment imports inside the image's file system and the installed
# versions satisfy one another.
{ run, uv, ... }:
{
  rootfs,
  modules ? null, # the names to import; null: all that the distributions list
}:
run {
  name = "import-check";
  script = ./import-check.sh;
  environment = {
    inherit uv rootfs;
    modules = if modules == null then "" else builtins.concatStringsSep " " modules;
    check = ./import_check.py;
  };
}
