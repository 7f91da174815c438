# The image of hello on nixpkgs. Pins: flake.lock, wheels.nix, build.nix.
{ nixpkgs, system }:
let
  lib = import ./lib/nixpkgs {
    inherit nixpkgs system;
    unfree = [ ];
    cuda = null;
    root = ../.;
  };
  wheels = (import ./wheels.nix).${system};
  build = (import ./build.nix).${system};

  python = lib.package "tool.neve.python" "python314FreeThreading";
  base = map (lib.package "tool.neve.release") [
    "iana-etc"
    "tzdata"
    "cacert"
  ];
  packages = map (lib.package "tool.neve.system") [ ];
  builders = map (lib.package "tool.neve.build.system") [ ];
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
          "PATH=/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
          "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"
          "VIRTUAL_ENV=/opt/venv"
        ];
        WorkingDir = "/app";
        Entrypoint = [ "hello" ];
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
          "PATH=/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
          "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"
          "VIRTUAL_ENV=/opt/venv"
        ];
        WorkingDir = "/app";
        Entrypoint = [ "hello" ];
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
    name = "hello";
    inherit
      python
      source
      packages
      builders
      ;
    backend = {
      build-backend = "hatchling.build";
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
  };
  layers = lib.layers {
    inherit
      python
      base
      packages
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
    name = "hello";
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
      "org.opencontainers.image.title" = "hello";
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
      variables
      ;
  };
  app = lib.app {
    name = "hello";
    inherit environment packages variables;
    entrypoint = [ "hello" ];
    cmd = [ ];
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
    command = "hello";
    libraries = packages != [ ];
  };
}
