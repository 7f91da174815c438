# What `nix run` starts: the command of the image, with its variables.
{
  lib,
  pkgs,
  exports,
  ...
}:
{
  name,
  environment, # null: no Python
  packages,
  variables,
  entrypoint,
  cmd,
}:
{
  type = "app";
  program = toString (
    pkgs.writeShellScript "${name}-app" ''
      ${exports variables}
      ${lib.optionalString (packages != [ ]) ''
        export LD_LIBRARY_PATH=''${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}${lib.makeLibraryPath packages}
      ''}
      export PATH=${lib.makeBinPath (lib.optional (environment != null) environment ++ packages)}:$PATH
      if [ $# -eq 0 ]; then
        set -- ${lib.escapeShellArgs cmd}
      fi
      exec ${lib.escapeShellArgs entrypoint} "$@"
    ''
  );
  meta.description = "What the image of ${name} starts";
}
