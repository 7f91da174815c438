# The image of hello, bottom to top. Pins: debian.nix, wheels.nix, tools.nix.
{ }:
let
  debian = import ./debian.nix;
  wheels = import ./wheels.nix;
  tools = import ./tools.nix;
  lib = import ./lib/debian {
    system = "x86_64-linux";
    pins = { inherit (tools) busybox tools uv; };
    root = ../.;
  };
  compression = "zstd";
  python = "/usr/bin/python3.13";
  directory = "/app";
  user = null;

  source = lib.source { path = ../.; };

  # Base and interpreter: what wheels are installed in. System packages come on top, so that they change no wheel's layer.
  pythonRoot = lib.debianRoot {
    name = "debian-trixie-python3.13";
    groups = [
      {
        name = "base";
        debs = debian.base;
      }
      {
        name = "python";
        debs = debian.python;
      }
    ];
  };
  root = pythonRoot;
  venv = lib.venv {
    root = pythonRoot;
    inherit python compression;
  };
  wheelLayers = map (
    layer:
    lib.wheelLayer {
      inherit (layer) name wheels;
      root = pythonRoot;
      inherit venv compression;
    }
  ) wheels;
  projectToBuild = {
    name = "hello";
    inherit source;
    root = root;
    buildEnv = lib.buildEnv {
      root = pythonRoot;
      inherit python;
      wheels = tools.build;
    };
    backend = {
      build-backend = "hatchling.build";
      backend-path = [ ];
    };
  };
  project = lib.packageLayer (
    projectToBuild
    // {
      inherit venv compression;
      image = root;
      crates = [ ];
    }
  );

  layers = [
    (lib.rootLayer {
      name = "base";
      root = pythonRoot;
      group = "base";
      inherit compression;
    })
    (lib.rootLayer {
      name = "python";
      root = pythonRoot;
      below = [ "base" ];
      inherit compression;
    })
    venv
  ]
  ++ wheelLayers
  ++ [
    project
    (lib.settingsLayer {
      inherit
        root
        directory
        user
        compression
        ;
    })
  ];

  config = {
    created = "1970-01-01T00:00:01Z";
    architecture = "amd64";
    os = "linux";
    config = {
      Env = [
        "LANG=C.UTF-8"
        "LD_LIBRARY_PATH=/usr/local/nvidia/lib64"
        "NVIDIA_DRIVER_CAPABILITIES=compute,utility"
        "NVIDIA_REQUIRE_CUDA=cuda>=12.0"
        "NVIDIA_VISIBLE_DEVICES=all"
        "PATH=/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        "VIRTUAL_ENV=/opt/venv"
      ];
      WorkingDir = "/app";
      Entrypoint = [ "hello" ];
      Labels = {
        "dev.neve.cuda.driver" = "525.60.13";
        "dev.neve.cuda.version" = "12.8";
      };
    };
  };
  oci = lib.oci {
    inherit layers config;
    annotations = {
      "dev.neve.base" = "debian trixie";
      "org.opencontainers.image.description" = "A console script";
      "org.opencontainers.image.licenses" = "MIT";
      "org.opencontainers.image.source" = "https://code.example/hello";
      "org.opencontainers.image.title" = "hello";
      "org.opencontainers.image.version" = "1.0";
    };
    names = [
      "debian trixie"
      "python 3.13.5"
      "environment"
      "torch-2.7.0+cu128"
      "numpy-2.2.1"
      "wheels-4"
      "wheels-6"
      "hello"
      "settings"
    ];
  };
  rootfs = lib.rootfs { inherit layers; };
in
{
  inherit oci rootfs layers;
  image = lib.archive {
    inherit oci;
    name = "hello:latest";
  };
  env = lib.environment { layers = [ venv ] ++ wheelLayers ++ [ project ]; };
  check = lib.importCheck {
    inherit rootfs directory;
    command = "hello";
  };
  # What backends ask for besides their static requirements, for `neve lock`.
  requires = {
    project = lib.buildRequires projectToBuild;
  };
  # The project's files alone, for shells.
  packaged = lib.rootfs {
    name = "packaged";
    layers = [ project ];
  };
  shell = lib.shell {
    inherit rootfs;
    inherit (config) config;
  };
}
