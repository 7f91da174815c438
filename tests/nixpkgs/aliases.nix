# Names that nixpkgs gave up: they are there, and end evaluation.
builtins.mapAttrs (name: instead: throw "'${name}' has been removed: use ${instead}") {
  cudaPackages_11 = "cudaPackages_12";
  cudaPackages_12_5 = "cudaPackages_12_6";
  gcc9 = "gcc13";
  libGL_driver = "libGL";
  python27 = "python3";
  python310 = "python311";
}
