# The sets of CUDA: unfree packages, by the names of their components.
{
  lib,
  pkgs,
  named,
  ...
}:
let
  toolkit = [
    "cuda_cccl"
    "cuda_cudart"
    "cuda_cupti"
    "cuda_nvcc"
    "cuda_nvrtc"
    "cuda_nvtx"
    "libcublas"
    "libcufft"
    "libcurand"
    "libcusolver"
    "libcusparse"
    "libnvjitlink"
  ];
  split = [
    "cuda_crt"
    "libnvptxcompiler"
    "libnvvm"
  ];
  set =
    version:
    let
      one =
        license: pname:
        named pname {
          inherit version;
          meta = { inherit license; };
        };
    in
    lib.recurseIntoAttrs (
      lib.genAttrs (toolkit ++ lib.optionals (lib.versionAtLeast version "13") split) (
        one lib.licenses.nvidiaCuda
      )
      // {
        cudnn = one lib.licenses.cudnn "cudnn";
        nccl = one lib.licenses.bsd3 "nccl";
        cudatoolkit = one lib.licenses.nvidiaCuda "cudatoolkit";
        cudaMajorMinorVersion = version;
        cudaVersion = version;
        backendStdenv = pkgs.stdenv;
        autoAddDriverRunpath = pkgs.autoAddDriverRunpath;
      }
    );
in
rec {
  cudaPackages_12_6 = set "12.6";
  cudaPackages_12_8 = set "12.8";
  cudaPackages_12_9 = set "12.9";
  cudaPackages_13_0 = set "13.0";
  cudaPackages_13_1 = set "13.1";
  cudaPackages_13_2 = set "13.2";
  cudaPackages_12 = cudaPackages_12_9;
  cudaPackages_13 = cudaPackages_13_0;
  cudaPackages = cudaPackages_12;
  autoAddDriverRunpath = named "auto-add-driver-runpath-hook" { };
}
