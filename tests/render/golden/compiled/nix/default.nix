# The image of fast, bottom to top. Pins: debian.nix, wheels.nix, tools.nix.
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
  # What compiles: the image's root with compilers and headers, none of which lies in the image.
  buildRoot = lib.debianRoot {
    name = "debian-trixie-build";
    groups = [
      {
        name = "build";
        debs = debian.build;
      }
    ];
    parent = root;
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
  ) wheels ++ sourceLayers;
  builds = import ./build.nix { inherit lib; };
  toBuild = package: {
    inherit (package) name source backend;
    subdirectory = package.subdirectory or "";
    pretend = package.pretend or "";
    buildEnv = lib.buildEnv {
      root = pythonRoot;
      inherit python;
      wheels = package.requirements;
    };
    root = if package.compiles then buildRoot else root;
  };
  builtLayer =
    name: packages:
    lib.wheelLayer {
      inherit name venv compression;
      root = pythonRoot;
      built = map (package: {
        inherit (package) name version;
        wheel = lib.builtWheel (
          toBuild package
          // {
            crates = package.crates or [ ];
            image = root;
          }
        );
      }) packages;
    };
  sourceLayers = [
    (builtLayer "sources" builds.sources)
  ];
  projectToBuild = {
    name = "fast";
    inherit source;
    root = buildRoot;
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
        "PATH=/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        "VIRTUAL_ENV=/opt/venv"
      ];
      WorkingDir = "/app";
      Cmd = [ "python" ];
    };
  };
  oci = lib.oci {
    inherit layers config;
    annotations = {
      "dev.neve.base" = "debian trixie";
      "org.opencontainers.image.title" = "fast";
      "org.opencontainers.image.version" = "1.0";
    };
    names = [
      "debian trixie"
      "python 3.13.5"
      "environment"
      "wheels-4"
      "sources"
      "fast"
      "settings"
    ];
  };
  rootfs = lib.rootfs { inherit layers; };
in
{
  inherit oci rootfs layers;
  image = lib.archive {
    inherit oci;
    name = "fast:latest";
  };
  env = lib.environment { layers = [ venv ] ++ wheelLayers ++ [ project ]; };
  check = lib.importCheck {
    inherit rootfs directory;
    command = "python";
  };
  # What backends ask for besides their static requirements, for `neve lock`.
  requires = {
    project = lib.buildRequires projectToBuild;
    packages = builtins.listToAttrs (
      map (package: {
        inherit (package) name;
        value = lib.buildRequires (toBuild package);
      }) (builds.sources ++ builds.local)
    );
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
