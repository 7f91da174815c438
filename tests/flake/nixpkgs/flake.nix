# The nixpkgs that neve's own flake is evaluated with: the tree beside it, and what it lacks.
{
  outputs =
    { self }:
    let
      names = [
        "x86_64-linux"
        "aarch64-linux"
      ];
      packages =
        system:
        import ./tree {
          inherit system;
          overlays = [ (import ./overlay.nix) ];
        };
    in
    {
      inherit ((packages "x86_64-linux")) lib;
      legacyPackages = (packages "x86_64-linux").lib.genAttrs names packages;
    };
}
