# Variables of the image as lines of shell, for what runs outside of it; without those that say where things are in it.
{ lib, ... }:
variables:
lib.concatStringsSep "\n" (
  lib.mapAttrsToList (name: value: "export ${name}=${lib.escapeShellArg value}") (
    builtins.removeAttrs variables [
      "HOME"
      "LD_LIBRARY_PATH"
      "PATH"
      "SSL_CERT_FILE"
      "VIRTUAL_ENV"
    ]
  )
)
