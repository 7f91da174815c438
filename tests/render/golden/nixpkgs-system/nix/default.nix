# The image of video on nixpkgs. Pins: flake.lock, wheels.nix, build.nix.
{ nixpkgs, system }:
let
  lib = import ./lib/nixpkgs {
    inherit nixpkgs system;
    unfree = [
      "ffmpeg"
      "nodejs"
      "unrar"
      "what-unrar-needs"
    ];
    cuda = null;
    root = ../../.;
  };
  wheels = (import ./wheels.nix).${system};
  build = (import ./build.nix).${system};

  python = lib.package "tool.neve.python" "python313";
  base = map (lib.package "tool.neve.release") [
    "iana-etc"
    "tzdata"
    "cacert"
  ];
  packages = map (lib.package "tool.neve.system") [
    "ffmpeg"
    "nodejs"
    "unrar"
  ];
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
          "LD_LIBRARY_PATH=/lib"
          "PATH=/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
          "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"
          "VIRTUAL_ENV=/opt/venv"
        ];
        WorkingDir = "/app";
        Cmd = [ "python" ];
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
          "PATH=/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
          "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"
          "VIRTUAL_ENV=/opt/venv"
        ];
        WorkingDir = "/app";
        Cmd = [ "python" ];
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
  environment = lib.environment { inherit python dependencies; };

  root = lib.root {
    inherit
      environment
      base
      packages
      user
      directory
      ;
    inherit source;
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
    name = "video";
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
      "dev.neve.base" = "nixpkgs 25.11";
      "org.opencontainers.image.title" = "video";
      "org.opencontainers.image.version" = "1.0";
    };
  };
  rootfs = lib.rootfs { inherit layers; };
  # What backends ask for besides their static requirements, for `neve lock`.
  requires = {
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
    name = "video";
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
