# The development shell: system packages, CUDA's components, uv and the environment. `uv sync` there makes a .venv on
# the pinned interpreter.
{
  lib,
  pkgs,
  exports,
  manylinux,
  ...
}:
{
  python, # null: none, and no environment
  environment,
  packages,
  toolkit ? null, # of CUDA
  variables, # of the image
}:
let
  # The wheels in a .venv are as their index has them: they look for their libraries where the loader looks. Only the
  # interpreter's loader is told of ours, by its own option. LD_LIBRARY_PATH would reach programs of the machine that
  # Python starts, and they do not run with another C library's companions.
  interpreter =
    pkgs.runCommand "${python.executable}-for-wheels"
      {
        nativeBuildInputs = [ pkgs.patchelf ];
        libraries = "${lib.makeLibraryPath (packages ++ manylinux.all)}:/run/opengl-driver/lib";
      }
      ''
        mkdir -p "$out/bin"
        ln -s ${python}/{include,lib} "$out"
        loader=$(patchelf --print-interpreter ${python.interpreter})
        # Not a link: Python looks for its modules from where its program really is.
        cat > "$out/bin/${python.executable}" <<END
        #!${pkgs.runtimeShell}
        exec $loader --argv0 "\$0" --library-path "\''${LD_LIBRARY_PATH:+\$LD_LIBRARY_PATH:}$libraries" \\
          ${python.interpreter} "\$@"
        END
        chmod +x "$out/bin/${python.executable}"
      '';

  mkShell =
    if toolkit == null then pkgs.mkShell else pkgs.mkShell.override { inherit (toolkit) stdenv; };
in
mkShell {
  name = "neve-shell";
  packages =
    lib.optional (python != null) environment
    ++ [ pkgs.bashInteractive ]
    ++ lib.optional (python != null) pkgs.uv
    ++ packages
  ++ lib.optional (toolkit != null) toolkit.home;
  env = lib.optionalAttrs (toolkit != null) toolkit.environment // lib.optionalAttrs (python != null) {
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
