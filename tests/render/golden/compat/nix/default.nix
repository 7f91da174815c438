# The image of model, bottom to top. Pins: debian.nix, wheels.nix, tools.nix.
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
  project = lib.sourceLayer { inherit source directory compression; };

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
    (lib.compatLayer {
      deb = {
        name = "cuda-compat-13-0_580.105.08-1_x86_64.deb";
        url = "https://cuda.example/repos/x86_64/cuda-compat-13-0_580.105.08-1.deb";
        sha256 = "e63c7d8abac353ac73c0b261410fe721f6e45dcf27d29e0ba733e0294906694a";
      };
      version = "13.0";
      below = null;
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
        "NVIDIA_REQUIRE_CUDA=cuda>=13.0 brand=unknown,driver>=535,driver<536 brand=grid,driver>=535,driver<536 brand=tesla,driver>=535,driver<536 brand=nvidia,driver>=535,driver<536 brand=quadro,driver>=535,driver<536 brand=quadrortx,driver>=535,driver<536 brand=nvidiartx,driver>=535,driver<536 brand=vapps,driver>=535,driver<536 brand=vpc,driver>=535,driver<536 brand=vcs,driver>=535,driver<536 brand=vws,driver>=535,driver<536 brand=cloudgaming,driver>=535,driver<536 brand=unknown,driver>=550,driver<551 brand=grid,driver>=550,driver<551 brand=tesla,driver>=550,driver<551 brand=nvidia,driver>=550,driver<551 brand=quadro,driver>=550,driver<551 brand=quadrortx,driver>=550,driver<551 brand=nvidiartx,driver>=550,driver<551 brand=vapps,driver>=550,driver<551 brand=vpc,driver>=550,driver<551 brand=vcs,driver>=550,driver<551 brand=vws,driver>=550,driver<551 brand=cloudgaming,driver>=550,driver<551 brand=unknown,driver>=565,driver<566 brand=grid,driver>=565,driver<566 brand=tesla,driver>=565,driver<566 brand=nvidia,driver>=565,driver<566 brand=quadro,driver>=565,driver<566 brand=quadrortx,driver>=565,driver<566 brand=nvidiartx,driver>=565,driver<566 brand=vapps,driver>=565,driver<566 brand=vpc,driver>=565,driver<566 brand=vcs,driver>=565,driver<566 brand=vws,driver>=565,driver<566 brand=cloudgaming,driver>=565,driver<566 brand=unknown,driver>=570,driver<571 brand=grid,driver>=570,driver<571 brand=tesla,driver>=570,driver<571 brand=nvidia,driver>=570,driver<571 brand=quadro,driver>=570,driver<571 brand=quadrortx,driver>=570,driver<571 brand=nvidiartx,driver>=570,driver<571 brand=vapps,driver>=570,driver<571 brand=vpc,driver>=570,driver<571 brand=vcs,driver>=570,driver<571 brand=vws,driver>=570,driver<571 brand=cloudgaming,driver>=570,driver<571 brand=unknown,driver>=575,driver<576 brand=grid,driver>=575,driver<576 brand=tesla,driver>=575,driver<576 brand=nvidia,driver>=575,driver<576 brand=quadro,driver>=575,driver<576 brand=quadrortx,driver>=575,driver<576 brand=nvidiartx,driver>=575,driver<576 brand=vapps,driver>=575,driver<576 brand=vpc,driver>=575,driver<576 brand=vcs,driver>=575,driver<576 brand=vws,driver>=575,driver<576 brand=cloudgaming,driver>=575,driver<576"
        "NVIDIA_VISIBLE_DEVICES=all"
        "PATH=/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        "VIRTUAL_ENV=/opt/venv"
      ];
      WorkingDir = "/app";
      Cmd = [ "python" ];
      Labels = {
        "dev.neve.cuda.compat" = "13.0";
        "dev.neve.cuda.driver" = "580";
        "dev.neve.cuda.version" = "13";
      };
    };
  };
  oci = lib.oci {
    inherit layers config;
    annotations = {
      "dev.neve.base" = "debian trixie";
      "org.opencontainers.image.title" = "model";
      "org.opencontainers.image.version" = "1.0";
    };
    names = [
      "debian trixie"
      "python 3.13.5"
      "cuda-compat"
      "environment"
      "nvidia-cublas-13.0.2.14"
      "model"
      "settings"
    ];
  };
  rootfs = lib.rootfs { inherit layers; };
in
{
  inherit oci rootfs layers;
  image = lib.archive {
    inherit oci;
    name = "model:latest";
  };
  env = lib.environment { layers = [ venv ] ++ wheelLayers; };
  check = lib.importCheck {
    inherit rootfs directory;
    command = "python";
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
