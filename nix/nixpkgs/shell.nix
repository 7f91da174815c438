# The development shell: system packages, CUDA's components, uv and the environment. `uv sync` there makes a .venv on
# the pinned interpreter.
{
  lib,
  pkgs,
  exports,
  manylinux,
  toolkit,
  ...
}:
{
  python,
  environment,
  packages,
  components,
  variables, # of the image
}:
let
  cuda = toolkit components;

  # The wheels in a .venv are as their index has them: they look for their libraries where the loader looks. Only the
  # interpreter is told of ours, since programs of the machine would not run with another C library's companions.
  start = pkgs.writeShellScript python.executable ''
    libraries=${lib.makeLibraryPath manylinux.all}:/run/opengl-driver/lib
    export LD_LIBRARY_PATH=''${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$libraries
    exec -a "$0" ${python.interpreter} "$@"
  '';
  interpreter = pkgs.runCommand "${python.executable}-for-wheels" { } ''
    mkdir -p "$out/bin"
    ln -s ${python}/{include,lib} "$out"
    # Not a link: Python looks for its modules from where its program really is.
    cp ${start} "$out/bin/${python.executable}"
  '';

  mkShell =
    if components == [ ] then pkgs.mkShell else pkgs.mkShell.override { inherit (cuda) stdenv; };
in
mkShell {
  name = "neve-shell";
  packages = [
    environment
    pkgs.bashInteractive
    pkgs.uv
  ]
  ++ packages
  ++ cuda.packages;
  env = cuda.environment // {
    UV_PYTHON = "${interpreter}/bin/${python.executable}";
    UV_PYTHON_DOWNLOADS = "never";
    UV_PYTHON_PREFERENCE = "only-system";
  };
  # A package that propagates Python would put its modules before those of every environment; and no other environment
  # is active here.
  shellHook = ''
    unset PYTHONPATH SOURCE_DATE_EPOCH VIRTUAL_ENV
    ${exports variables}
  '';
}
