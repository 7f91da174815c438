# Rendered by neve from pyproject.toml, uv.lock and neve.lock; `neve render` writes it anew.
# nix build .#image | .#stream | .#oci | .#env, nix run, nix develop, nix flake check
{
  description = "The image, environment and shell of kernel";

  # 26.05; `neve lock --upgrade` moves it.
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/f305a6ac94bdd8a2f9edb460bb9c9fa0b1876115";

  outputs =
    { self, nixpkgs }:
    let
      forSystems =
        outputs:
        nixpkgs.lib.genAttrs [
          "x86_64-linux"
          "aarch64-linux"
        ] (system: outputs (import ./nix { inherit nixpkgs system; }));
    in
    {
      packages = forSystems (outputs: {
        inherit (outputs)
          image
          stream
          oci
          env
          rootfs
          ;
        default = outputs.oci;
      });
      devShells = forSystems (outputs: {
        default = outputs.shell;
      });
      apps = forSystems (outputs: {
        default = outputs.app;
      });
      checks = forSystems (outputs: {
        import = outputs.check;
      });
    };
}
