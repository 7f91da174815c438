# `nix fmt`: what is written by hand. Rendered trees have rules of their own.
{ pkgs, ... }:
pkgs.writeShellApplication {
  name = "format";
  runtimeInputs = [
    pkgs.findutils
    pkgs.nixfmt
  ];
  text = ''
    find flake.nix flake nix -name '*.nix' -exec nixfmt "$@" {} +
  '';
}
