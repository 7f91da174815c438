# nixpkgs for the system, without anything of the machine's: no overlays, no configuration but the licences.
{
  nixpkgs,
  system,
  allowUnfree,
  ...
}:
import nixpkgs {
  inherit system;
  config.allowUnfreePredicate = allowUnfree;
  overlays = [ ];
}
