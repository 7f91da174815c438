# The image of web, bottom to top. Pins: debian.nix, wheels.nix, tools.nix.
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
  compression = "gzip";
  python = "/usr/bin/python3.13";
  directory = "/srv/web";
  user = {
    name = "app";
    uid = 1000;
    gid = 1000;
    home = "/home/app";
  };

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
  root = lib.debianRoot {
    name = "debian-trixie-system";
    groups = [
      {
        name = "system";
        debs = debian.system;
      }
    ];
    parent = pythonRoot;
  };
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
    name = "web";
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
    (lib.rootLayer {
      name = "system";
      inherit root compression;
      parent = pythonRoot;
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
        "MODE=prod"
        "NVIDIA_DRIVER_CAPABILITIES=compute,utility"
        "NVIDIA_REQUIRE_CUDA=cuda>=12.0"
        "NVIDIA_VISIBLE_DEVICES=all"
        "PATH=/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        "QUOTE=it's ''\${x}''"
        "VIRTUAL_ENV=/opt/venv"
        "HOME=/home/app"
      ];
      WorkingDir = "/srv/web";
      Entrypoint = [
        "serve"
        "--greeting"
        "say \"\${hello}\" \\ \$x\n"
      ];
      Cmd = [
        "--port"
        "8000"
      ];
      User = "1000:1000";
      ExposedPorts = {
        "8000/tcp" = { };
      };
      Volumes = {
        "/cache/huggingface" = { };
      };
      Labels = {
        "dev.neve.cache.huggingface" = "/cache/huggingface 8Gi";
        "dev.neve.cuda.driver" = "525.60.13";
        "dev.neve.cuda.version" = "12.8";
        team = "röck ❄";
      };
    };
  };
  oci = lib.oci {
    inherit layers config;
    annotations = {
      "dev.neve.base" = "debian trixie";
      "org.opencontainers.image.title" = "web";
      "org.opencontainers.image.version" = "1.0";
    };
    names = [
      "debian trixie"
      "python 3.13.5"
      "system packages"
      "environment"
      "torch-2.7.0+cu128"
      "numpy-2.2.1"
      "wheels-4"
      "wheels-6"
      "web"
      "settings"
    ];
  };
  rootfs = lib.rootfs { inherit layers; };
in
{
  inherit oci rootfs layers;
  image = lib.archive {
    inherit oci;
    name = "registry.example/team/web:v1";
  };
  env = lib.environment { layers = [ venv ] ++ wheelLayers ++ [ project ]; };
  check = lib.importCheck {
    inherit rootfs directory;
    command = "serve";
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
