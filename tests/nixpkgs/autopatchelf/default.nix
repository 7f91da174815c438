# autoPatchelfHook: after fixup, programs and libraries are pointed to what they need.
{ lib, pkgs, ... }:
pkgs.makeSetupHook {
  name = "auto-patchelf-hook";
  propagatedBuildInputs = [ pkgs.patchelf ];
  substitutions = {
    python = pkgs.python3.interpreter;
    script = ./patch.py;
    inherit (pkgs.stdenv.cc) libc;
  };
} ./hook.sh
