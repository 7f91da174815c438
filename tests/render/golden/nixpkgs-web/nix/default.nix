# The image of web on nixpkgs. Pins: flake.lock, wheels.nix, build.nix.
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

  python = lib.package "tool.neve.python" "python313";
  base = map (lib.package "tool.neve.release") [
    "iana-etc"
    "tzdata"
    "cacert"
  ];
  packages = map (lib.package "tool.neve.system") [ ];
  builders = map (lib.package "tool.neve.build.system") [ ];
  variables = {
    LANG = "C.UTF-8";
    MODE = "prod";
    PATH = "/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    QUOTE = "it's ''\${x}''";
    SSL_CERT_FILE = "/etc/ssl/certs/ca-certificates.crt";
    VIRTUAL_ENV = "/opt/venv";
  };
  user = {
    name = "app";
    uid = 1000;
    gid = 1000;
    home = "/home/app";
  };
  directory = "/srv/web";
  compression = "gzip";
  configs = {
    x86_64-linux = {
      created = "1970-01-01T00:00:01Z";
      architecture = "amd64";
      os = "linux";
      config = {
        Env = [
          "LANG=C.UTF-8"
          "LD_LIBRARY_PATH=/usr/lib64:/usr/lib/x86_64-linux-gnu:/usr/lib/x86_64-linux-gnu/nvidia/current:/usr/lib:/usr/lib/wsl/lib:/usr/local/nvidia/lib64:/run/opengl-driver/lib"
          "MODE=prod"
          "NVIDIA_DRIVER_CAPABILITIES=compute,utility"
          "NVIDIA_REQUIRE_CUDA=cuda>=12.0"
          "NVIDIA_VISIBLE_DEVICES=all"
          "PATH=/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
          "QUOTE=it's ''\${x}''"
          "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"
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
    aarch64-linux = {
      created = "1970-01-01T00:00:01Z";
      architecture = "arm64";
      variant = "v8";
      os = "linux";
      config = {
        Env = [
          "LANG=C.UTF-8"
          "LD_LIBRARY_PATH=/usr/lib64:/usr/lib/aarch64-linux-gnu:/usr/lib/aarch64-linux-gnu/nvidia/current:/usr/lib:/usr/lib/wsl/lib:/usr/local/nvidia/lib64:/run/opengl-driver/lib"
          "MODE=prod"
          "NVIDIA_DRIVER_CAPABILITIES=compute,utility"
          "NVIDIA_REQUIRE_CUDA=cuda>=12.0"
          "NVIDIA_VISIBLE_DEVICES=all"
          "PATH=/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
          "QUOTE=it's ''\${x}''"
          "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"
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
    name = "web";
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
    shell = true;
    ldconfig = true;
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
    name = "registry.example/team/web";
    tag = "v1";
    inherit
      root
      user
      config
      compression
      ;
    maxLayers = 20;
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
      "org.opencontainers.image.title" = "web";
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
    name = "web";
    inherit environment packages variables;
    entrypoint = [
      "serve"
      "--greeting"
      "say \"\${hello}\" \\ \$x\n"
    ];
    cmd = [
      "--port"
      "8000"
    ];
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
    command = "serve";
    libraries = packages != [ ];
  };
}
