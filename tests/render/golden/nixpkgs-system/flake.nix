# Rendered by neve from pyproject.toml, uv.lock and neve.lock; `neve render` writes it anew.
# nix build .#image | .#stream | .#oci | .#env, nix run, nix develop, nix flake check
{
  description = "The image, environment and shell of video";

  # 25.11; `neve lock --upgrade` moves it.
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/96f917b523ed334b6106db4a2463b5f64898c734";

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
