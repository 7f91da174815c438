# The image of kernel on nixpkgs. Pins: flake.lock, wheels.nix, build.nix.
{ nixpkgs, system }:
let
  lib = import ./lib/nixpkgs {
    inherit nixpkgs system;
    unfree = [ ];
    cuda = "12.9";
    root = ../.;
  };
  wheels = (import ./wheels.nix).${system};
  build = (import ./build.nix).${system};

  python = lib.package "tool.neve.python" "python313";
  base = map (lib.package "tool.neve.release") [
    "iana-etc"
    "tzdata"
    "cacert"
  ];
  packages = map (lib.package "tool.neve.system") [ ];
  builders = map (lib.package "tool.neve.build.system") [ ];
  toolkit = lib.toolkit {
    inherit python;
    wheels = builtins.concatMap (group: group.wheels) wheels;
    components = [
      "cuda_cccl"
      "cuda_cudart"
      "cuda_nvcc"
    ];
    running = [ "cuda_cudart" ];
    brought = {
      x86_64-linux = { };
      aarch64-linux = { };
    }.${system};
    variables = { };
  };
  variables = {
    LANG = "C.UTF-8";
    PATH = "/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    SSL_CERT_FILE = "/etc/ssl/certs/ca-certificates.crt";
    VIRTUAL_ENV = "/opt/venv";
  };
  user = null;
  directory = "/app";
  compression = "zstd";
  configs = {
    x86_64-linux = {
      created = "1970-01-01T00:00:01Z";
      architecture = "amd64";
      os = "linux";
      config = {
        Env = [
          "LANG=C.UTF-8"
          "LD_LIBRARY_PATH=/usr/lib64:/usr/lib/x86_64-linux-gnu:/usr/lib/x86_64-linux-gnu/nvidia/current:/usr/lib:/usr/lib/wsl/lib:/usr/local/nvidia/lib64:/run/opengl-driver/lib"
          "NVIDIA_DRIVER_CAPABILITIES=compute,utility"
          "NVIDIA_REQUIRE_CUDA=cuda>=12.0"
          "NVIDIA_VISIBLE_DEVICES=all"
          "PATH=/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
          "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"
          "VIRTUAL_ENV=/opt/venv"
        ];
        WorkingDir = "/app";
        Cmd = [ "python" ];
        Labels = {
          "dev.neve.cuda.driver" = "525.60.13";
          "dev.neve.cuda.version" = "12.9";
        };
      };
    };
    aarch64-linux = {
      created = "1970-01-01T00:00:01Z";
      architecture = "arm64";
      variant = "v8";
      os = "linux";
      config = {
        Env = [
          "LANG=C.UTF-8"
          "LD_LIBRARY_PATH=/usr/lib64:/usr/lib/aarch64-linux-gnu:/usr/lib/aarch64-linux-gnu/nvidia/current:/usr/lib:/usr/lib/wsl/lib:/usr/local/nvidia/lib64:/run/opengl-driver/lib"
          "NVIDIA_DRIVER_CAPABILITIES=compute,utility"
          "NVIDIA_REQUIRE_CUDA=cuda>=12.0"
          "NVIDIA_VISIBLE_DEVICES=all"
          "PATH=/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
          "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"
          "VIRTUAL_ENV=/opt/venv"
        ];
        WorkingDir = "/app";
        Cmd = [ "python" ];
        Labels = {
          "dev.neve.cuda.driver" = "525.60.13";
          "dev.neve.cuda.version" = "12.9";
        };
      };
    };
  };
  config = configs.${system};

  source = lib.source { path = ../.; };

  groups = map (group: {
    inherit (group) name;
    paths = map (lib.wheel python) group.wheels;
  }) wheels;
  toBuild = sdist: {
    inherit
      python
      packages
      builders
      toolkit
      ;
    inherit (sdist)
      name
      version
      backend
      requirements
      ;
    subdirectory = sdist.subdirectory or "";
    pretend = sdist.pretend or "";
    rust = sdist.rust or false;
    crates = sdist.crates or [ ];
    source = lib.fetch sdist.pin;
  };
  sources = map (sdist: lib.build (toBuild sdist)) build.sdists;
  dependencies = lib.dependencies {
    inherit python;
    wheels = builtins.concatMap (group: group.paths) groups ++ sources;
  };
  projectToBuild = {
    name = "kernel";
    inherit
      python
      source
      packages
      builders
      toolkit
      ;
    backend = {
      build-backend = "setuptools.build_meta";
      backend-path = [ ];
    };
    requirements = build.project;
  };
  project = lib.build projectToBuild;
  environment = lib.environment { inherit python dependencies project; };

  root = lib.root {
    inherit
      environment
      base
      packages
      user
      directory
      ;
    shell = false;
    ldconfig = true;
  };
  layers = lib.layers {
    inherit
      python
      base
      packages
      toolkit
      sources
      dependencies
      root
      user
      compression
      ;
    wheels = groups;
    shell = false;
  };
  archives = lib.image {
    name = "kernel";
    tag = "latest";
    inherit
      root
      user
      config
      compression
      ;
    maxLayers = 64;
  };
in
{
  inherit (archives) image stream;
  inherit layers;
  env = environment;
  oci = lib.oci {
    inherit layers config;
    annotations = {
      "dev.neve.base" = "nixpkgs 26.05";
      "org.opencontainers.image.title" = "kernel";
      "org.opencontainers.image.version" = "1.0";
    };
  };
  rootfs = lib.rootfs { inherit layers; };
  # What backends ask for besides their static requirements, for `neve lock`.
  requires = {
    project = lib.buildRequires projectToBuild;
    packages = builtins.listToAttrs (
      map (sdist: {
        inherit (sdist) name;
        value = lib.buildRequires (toBuild sdist);
      }) build.sdists
    );
  };
  shell = lib.shell {
    inherit
      python
      environment
      packages
      toolkit
      variables
      ;
  };
  app = lib.app {
    name = "kernel";
    inherit environment packages variables;
    entrypoint = [ ];
    cmd = [ "python" ];
  };
  check = lib.importCheck {
    inherit
      python
      environment
      dependencies
      root
      directory
      ;
    path = variables.PATH;
    command = "python";
    libraries = packages != [ ];
  };
}
