# The image by dockerTools: `image` is a file that `docker load` and `podman load` take, `stream` a program that prints
# one.
{ pkgs, ... }:
{
  name,
  tag,
  root,
  user,
  config, # the image configuration
  compression,
  maxLayers,
}:
let
  arguments = {
    inherit name tag maxLayers;
    inherit (config) architecture created config;
    # As `contents`, the tree would be linked file by file: who serves files refuses links that lead out. The store
    # keeps neither modes nor owners.
    extraCommands = "cp -r ${root}/. . && chmod -R u+w . && chmod 1777 tmp var/tmp";
    fakeRootCommands =
      if user == null then "" else "chown ${toString user.uid}:${toString user.gid} .${user.home}";
  };
in
{
  image = pkgs.dockerTools.buildLayeredImage (
    arguments // { compressor = if compression == "gzip" then "gz" else compression; }
  );
  stream = pkgs.dockerTools.streamLayeredImage arguments;
}
