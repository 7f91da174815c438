# What `nix develop` opens: the image. A shell there or, with -c, a command, with the flake's directory at the image's
# working directory. Nix wants a builder named bash for that. `config` is the image's own, of its configuration.
{
  system,
  busybox,
  tools,
  ...
}:
{ rootfs, config }:
let
  quote = text: "'${builtins.replaceStrings [ "'" ] [ "'\\''" ] text}'";
  environment = builtins.toFile "neve-shell-environment" ''
    set -- ${builtins.concatStringsSep " " (map quote config.Env)} "$@"
  '';
  enter = builtins.concatStringsSep " " [
    "${busybox}/bin/sh"
    "${./enter-image.sh}"
    "${busybox}"
    "${rootfs}"
    (quote config.WorkingDir)
    "${environment}"
  ];
in
derivation {
  name = "neve-shell";
  inherit system;
  outputs = [ "out" ]; # said in words, since `nix develop` reads it from the environment
  builder = "${tools}/usr/bin/bash";
  args = [
    "-c"
    "echo > $out"
  ];
  NEVE_ROOTFS = rootfs;
  # Nix's own script ends in `exec COMMAND`, which the function catches; direnv evaluates the hook and runs nothing.
  shellHook = ''
    if [ -z "''${DIRENV_IN_ENVRC-}" ]; then
      exec() { builtin exec ${enter} "$@"; }
      case $- in
        *i*) if ${enter} --possible; then exec; else unset -f exec; fi ;;
      esac
    fi
  '';
}
