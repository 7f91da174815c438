# The CUDA toolkit that compiles a project: the components of a release in one directory, for build systems that ask
# for CUDA_HOME, the compiler that goes with it, and the components' libraries that what is compiled may find when it
# runs.
{
  lib,
  pkgs,
  cuda,
  package,
  wheel,
  ...
}:
{
  components, # by their attributes in the release's set
  running ? [ ], # those whose libraries what is compiled may need
  brought ? { }, # those of them whose libraries a wheel of the environment has: its name by the component
  python ? null, # of the environment
  wheels ? [ ], # of the environment
  variables ? { }, # the GPU architectures to compile for
}:
let
  set = "cudaPackages_${builtins.replaceStrings [ "." ] [ "_" ] cuda}";
  find = component: package "tool.neve.cuda.toolkit" "${set}.${component}";
  packages = map find components;
  outputs = lib.concatMap (package: map (output: package.${output}) package.outputs) packages;
  inherit (pkgs.${set}.backendStdenv) cc;
  compiler = "${cc}/bin/${cc.targetPrefix or ""}c++";

  # A package of one output holds headers too, and refers to those of others.
  libraryOf =
    package:
    if builtins.elem "lib" package.outputs then
      package.lib
    else
      pkgs.runCommand "${package.pname or (lib.getName package)}-libraries"
        {
          whole = lib.getLib package;
          disallowedReferences = [ (lib.getLib package) ];
        }
        ''
          . ${./forget.sh}
          mkdir -p "$out/lib"
          find "$whole/lib" -maxdepth 1 -name '*.so*' -exec cp -P --no-preserve=mode {} "$out/lib" ';'
          find -L "$out/lib" -type l -delete # to what is left out: stubs
          forget "$out" "$whole"
        '';
in
rec {
  inherit packages;
  stdenv = pkgs.${set}.backendStdenv;
  home = pkgs.symlinkJoin {
    name = "cuda-${cuda}";
    paths = outputs;
    # What is linked with a stub must not find it when it runs. Nobody who depends on the directory depends on what its
    # parts propagate.
    postBuild = ''
      rm -rf "$out/nix-support"
      if [ -e "$out/lib/stubs" ]; then
        for stub in "$out"/lib/stubs/*; do rm -f "$out/lib/''${stub##*/}"; done
      fi
      if [ -e "$out/lib" ] && [ ! -e "$out/lib64" ]; then ln -s lib "$out/lib64"; fi
    '';
  };
  environment = {
    CUDA_HOME = "${home}";
    CUDA_PATH = "${home}";
    CUDAToolkit_ROOT = "${home}";
    CUDAHOSTCXX = compiler;
    NVCC_CCBIN = compiler;
  }
  // lib.optionalAttrs (builtins.elem "cuda_nvcc" components) { CUDACXX = "${home}/bin/nvcc"; }
  // variables;
  libraries = map (component: libraryOf (find component)) (lib.subtractLists (builtins.attrNames brought) running);
  # Where the other libraries are.
  beside = map (wheel python) (
    builtins.filter (each: builtins.elem each.name (builtins.attrValues brought)) wheels
  );
  # What compiled code must not refer to: an image has what it refers to.
  forgotten = [ home ] ++ builtins.filter (output: !builtins.elem output libraries) outputs;
}
