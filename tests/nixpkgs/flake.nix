{
  description = "A stand-in for nixpkgs: its names and the ways to call it, called as nixpkgs is";

  outputs =
    { self }:
    let
      lib = import ./lib;
    in
    {
      inherit lib;
      legacyPackages = lib.genAttrs lib.systems.flakeExposed (system: import ./. { inherit system; });
    };
}
