# The stand-in's packages, called as nixpkgs is: `import nixpkgs { inherit system; config = { … }; overlays = [ … ]; }`.
# Beside it may lie pins.json (see debian.py): then what is here builds, on Debian's programs. Without it, it evaluates.
{
  system ? localSystem.system or localSystem,
  localSystem ? builtins.currentSystem,
  config ? { },
  overlays ? [ ],
}:
let
  lib = import ./lib;
  pins = if builtins.pathExists ./pins.json then lib.importJSON ./pins.json else { };
  make =
    overlays:
    lib.fix (
      lib.extends (lib.composeManyExtensions overlays) (
        pkgs:
        import ./packages.nix {
          inherit
            lib
            pkgs
            system
            overlays
            ;
          config = if builtins.isFunction config then config { inherit lib pkgs; } else config;
          pins = pins.${system} or null;
        }
        // {
          extend = overlay: make (overlays ++ [ overlay ]);
          appendOverlays = more: make (overlays ++ more);
        }
      )
    );
in
make overlays
