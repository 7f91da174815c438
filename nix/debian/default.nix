# The names of the functions for images on Debian packages; each function lies in the file of its name.
{
  system,
  pins,
  root ? null, # the project's directory, for pins of what lies in it
}:
let
  lib = {
    inherit system pins;
    run = import ./run.nix lib;
    fetch = import ../common/fetch.nix {
      inherit root;
      git = import ./git.nix;
    };
    busybox = import ./bootstrap.nix pins.busybox;
    tools = import ./tools.nix lib;
    uv = import ./uv.nix lib;
    debianRoot = import ./debian-root.nix lib;
    rootLayer = import ./root-layer.nix lib;
    cudaToolkit = import ./cuda-toolkit.nix lib;
    cudaRoot = import ./cuda-root.nix lib;
    compatLayer = import ./compat-layer.nix lib;
    venv = import ./venv.nix lib;
    wheelLayer = import ./wheel-layer.nix lib;
    buildEnv = import ./build-env.nix lib;
    builtWheel = import ./built-wheel.nix lib;
    buildRequires = import ./build-requires.nix lib;
    packageLayer = import ./package-layer.nix lib;
    source = import ../common/source.nix;
    sourceLayer = import ./source-layer.nix lib;
    settingsLayer = import ./settings-layer.nix lib;
    oci = import ./oci.nix lib;
    index = import ./index.nix lib;
    portable = import ./portable.nix lib;
    foreign = import ./foreign.nix lib;
    archive = import ./archive.nix lib;
    rootfs = import ./rootfs.nix lib;
    environment = import ./environment.nix lib;
    importCheck = import ./import-check.nix lib;
    commandCheck = import ./command-check.nix lib;
    shell = import ./shell.nix lib;
  };
in
lib
