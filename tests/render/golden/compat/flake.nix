# Rendered by neve from pyproject.toml, uv.lock and neve.lock; `neve render` writes it anew.
# A store needs `neve bootstrap` once; then: nix build .#image | .#oci | .#env, nix flake check, nix develop
{
  description = "The image, environment and shell of model";

  outputs =
    { self }:
    let
      outputs = import ./nix { };
      system = "x86_64-linux";
    in
    {
      packages.${system} = {
        inherit (outputs)
          image
          oci
          env
          rootfs
          ;
        default = outputs.oci;
      };
      devShells.${system}.default = outputs.shell;
      checks.${system}.import = outputs.check;
    };
}
