# What flake.nix puts out for one system; each lies in the file of its name.
{ pkgs }:
let
  neve = {
    inherit pkgs;
    inherit (pkgs) lib;
    python = pkgs.python3;
    pyproject = pkgs.lib.importTOML ../pyproject.toml;
    source = import ./source.nix;
    requirements = import ./requirements.nix neve;
    environment = import ./environment.nix neve;
    package = import ./package.nix neve;
    image = import ./image.nix neve;
    shell = import ./shell.nix neve;
    checks = import ./checks.nix neve;
    formatter = import ./formatter.nix neve;
  };
in
neve
