# The names of the functions for images on nixpkgs; each function lies in the file of its name.
{
  nixpkgs,
  system,
  unfree ? [ ], # packages without a free licence that may be used: paths, or names
  cuda ? null, # the CUDA release whose packages compile the project, such as "12.9"
  root ? null, # the project's directory, for pins of what lies in it
}:
let
  self = {
    inherit
      nixpkgs
      system
      unfree
      cuda
      ;
    lib = import (nixpkgs + "/lib");
    allowUnfree = import ./allow-unfree.nix self;
    pkgs = import ./pkgs.nix self;
    suggest = import ./suggest.nix self;
    package = import ./package.nix self;
    toolkit = import ./toolkit.nix self;
    manylinux = import ./manylinux.nix self;
    git = import ./git.nix self;
    fetch = import ../common/fetch.nix {
      inherit root;
      inherit (self) git;
    };
    source = import ../common/source.nix;
    storeName = import ./store-name.nix self;
    install = import ./install.nix self;
    wheel = import ./wheel.nix self;
    build = import ./build.nix self;
    buildRequires = import ./build-requires.nix self;
    dependencies = import ./dependencies.nix self;
    environment = import ./environment.nix self;
    root = import ./root.nix self;
    layer = import ./layer.nix self;
    layers = import ./layers.nix self;
    oci = import ./oci.nix self;
    index = import ./index.nix self;
    image = import ./image.nix self;
    rootfs = import ./rootfs.nix self;
    exports = import ./exports.nix self;
    shell = import ./shell.nix self;
    app = import ./app.nix self;
    importCheck = import ./import-check.nix self;
    commandCheck = import ./command-check.nix self;
  };
in
self
