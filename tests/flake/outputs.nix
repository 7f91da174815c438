# What the flake of `checkout` puts out on the nixpkgs in `nixpkgs`, as data: `derivations`, and where the stand-in
# made them, how its functions were called (`calls`).
{ checkout, nixpkgs }:
let
  input = (import (nixpkgs + "/flake.nix")).outputs { self = { }; };
  outputs = (import (checkout + "/flake.nix")).outputs {
    self = outputs;
    nixpkgs = input;
  };
  inherit (input) lib;

  paths = lib.mapAttrs (_: lib.mapAttrs (_: value: value.drvPath));
  called = package: package.recorded.arguments;
  names = map lib.getName;

  package = called outputs.packages.x86_64-linux.default;
  image = called outputs.packages.x86_64-linux.image;
  shell = called outputs.devShells.x86_64-linux.default;
in
{
  inherit (outputs) templates;
  names = builtins.attrNames outputs;
  lib = builtins.attrNames outputs.lib;
  derivations = {
    packages = paths outputs.packages;
    devShells = paths outputs.devShells;
    checks = paths outputs.checks;
    formatter = lib.mapAttrs (_: value: value.drvPath) outputs.formatter;
  };
  calls = {
    package = {
      inherit (package)
        pname
        version
        pythonRelaxDeps
        pythonRemoveDeps
        ;
      dependencies = lib.listToAttrs (
        map (each: lib.nameValuePair (lib.getName each) each.version) package.dependencies
      );
      build = names package.build-system;
    };
    image = image // {
      contents = names image.contents;
    };
    shell = {
      packages = names shell.packages;
      python = names shell.NEVE_ENVIRONMENT.packages;
      editable = builtins.head (builtins.catAttrs "editable" shell.NEVE_ENVIRONMENT.packages);
    };
  };
}
