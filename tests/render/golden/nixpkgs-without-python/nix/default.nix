# The image of scripts on nixpkgs. Pins: flake.lock, wheels.nix, build.nix.
{ nixpkgs, system }:
let
  lib = import ./lib/nixpkgs {
    inherit nixpkgs system;
    unfree = [ "ffmpeg" ];
    cuda = null;
    root = ../../.;
  };
  wheels = (import ./wheels.nix).${system};
  build = (import ./build.nix).${system};

  python = null;
  base = map (lib.package "tool.neve.release") [
    "iana-etc"
    "tzdata"
    "cacert"
  ];
  packages = map (lib.package "tool.neve.system") [ "ffmpeg" ];
  builders = map (lib.package "tool.neve.build.system") [ ];
  variables = {
    LANG = "C.UTF-8";
    PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    SSL_CERT_FILE = "/etc/ssl/certs/ca-certificates.crt";
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
          "LD_LIBRARY_PATH=/lib"
          "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
          "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"
        ];
        WorkingDir = "/app";
        Cmd = [ "sh" ];
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
          "LD_LIBRARY_PATH=/lib"
          "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
          "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"
        ];
        WorkingDir = "/app";
        Cmd = [ "sh" ];
      };
    };
  };
  config = configs.${system};

  source = lib.source {
    path = ../../.;
    files = builtins.fromJSON (builtins.readFile ./files.json);
  };

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
  environment = null;

  root = lib.root {
    inherit
      environment
      base
      packages
      user
      directory
      ;
    inherit source;
    shell = true;
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
    shell = true;
  };
  archives = lib.image {
    name = "scripts";
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
  env = root;
  oci = lib.oci {
    inherit layers config;
    annotations = {
      "dev.neve.base" = "nixpkgs 26.05";
      "org.opencontainers.image.version" = "1.0";
    };
  };
  rootfs = lib.rootfs { inherit layers; };
  shell = lib.shell {
    inherit
      python
      environment
      packages
      variables
      ;
  };
  app = lib.app {
    name = "scripts";
    inherit environment packages variables;
    entrypoint = [ ];
    cmd = [ "sh" ];
  };
  check = lib.commandCheck {
    inherit root directory;
    path = variables.PATH;
    command = "sh";
  };
}
