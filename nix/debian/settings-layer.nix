# The last layer: directories that must be writable, the user, the working directory.
{ run, tools, ... }:
{
  root,
  user, # { name; uid; gid; home; } or null for root
  directory,
  compression,
}:
run {
  name = "layer-settings";
  script = ./settings-layer.sh;
  environment = {
    inherit
      tools
      root
      directory
      compression
      ;
    user = if user == null then "" else user.name;
    uid = if user == null then 0 else user.uid;
    gid = if user == null then 0 else user.gid;
    home = if user == null then "" else user.home;
    seal = ./seal.sh;
  };
}
