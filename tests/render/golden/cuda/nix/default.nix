# The image of kernel, bottom to top. Pins: debian.nix, wheels.nix, tools.nix, cuda.nix.
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
    inherit (cuda) toolkit;
  };
  # The CUDA toolkit, which builds see at /usr/local/cuda.
  cudaPins = import ./cuda.nix;
  cuda = {
    toolkit = lib.cudaToolkit {
      version = "12.4";
      inherit (cudaPins) wheels debs;
    };
    # Wheels of it whose libraries the environment brings.
    brought = [ "nvidia-cublas-cu12" ];
    environment = {
      CUDA_HOME = "/usr/local/cuda";
      CUDA_PATH = "/usr/local/cuda";
      CUDACXX = "/usr/local/cuda/bin/nvcc";
      CUDAHOSTCXX = "/usr/bin/g++-13";
      NVCC_CCBIN = "/usr/bin/g++-13";
      TORCH_CUDA_ARCH_LIST = "8.0;9.0+PTX";
      CUDAARCHS = "80-real;90";
      NEVE_CUDA_GENCODE = "-gencode=arch=compute_80,code=sm_80 -gencode=arch=compute_90,code=sm_90 -gencode=arch=compute_90,code=compute_90";
    };
  };
  # The image's root with what it needs of the toolkit to run.
  cudaRoot = lib.cudaRoot {
    name = "debian-trixie-cuda";
    version = "12.4";
    wheels = cudaPins.runtime;
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
    cuda = if package.compiles then cuda else null;
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
            image = cudaRoot;
          }
        );
      }) packages;
    };
  sourceLayers = [
    (builtLayer "sources" builds.sources)
  ];
  projectToBuild = {
    name = "kernel";
    inherit source;
    root = buildRoot;
    inherit cuda;
    buildEnv = lib.buildEnv {
      root = pythonRoot;
      inherit python;
      wheels = tools.build;
    };
    backend = {
      build-backend = "setuptools.build_meta";
      backend-path = [ ];
    };
  };
  project = lib.packageLayer (
    projectToBuild
    // {
      inherit venv compression;
      image = cudaRoot;
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
      name = "cuda";
      root = cudaRoot;
      parent = root;
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
        "LD_LIBRARY_PATH=/opt/venv/lib/python3.13/site-packages/nvidia/cublas/lib:/usr/local/nvidia/lib64"
        "NVIDIA_DRIVER_CAPABILITIES=compute,utility"
        "NVIDIA_REQUIRE_CUDA=cuda>=12.0,arch<10.0 cuda>=12.4"
        "NVIDIA_VISIBLE_DEVICES=all"
        "PATH=/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        "VIRTUAL_ENV=/opt/venv"
      ];
      WorkingDir = "/app";
      Cmd = [ "python" ];
      Labels = {
        "dev.neve.cuda.architectures" = "8.0 9.0+PTX";
        "dev.neve.cuda.driver" = "525.60.13";
        "dev.neve.cuda.version" = "12.4";
      };
    };
  };
  oci = lib.oci {
    inherit layers config;
    annotations = {
      "dev.neve.base" = "debian trixie";
      "org.opencontainers.image.title" = "kernel";
      "org.opencontainers.image.version" = "1.0";
    };
    names = [
      "debian trixie"
      "python 3.13.5"
      "cuda"
      "environment"
      "nvidia-cublas-cu12-12.9.1.4"
      "numpy-2.2.1"
      "sources"
      "kernel"
      "settings"
    ];
  };
  rootfs = lib.rootfs { inherit layers; };
in
{
  inherit oci rootfs layers;
  image = lib.archive {
    inherit oci;
    name = "kernel:latest";
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
  # The toolkit as a directory, to compile with outside.
  cuda = cuda.toolkit;
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
