{
  description = "neve: from a Python project to a reproducible OCI image and a matching shell";

  # The pin of flake.lock is the newest of this release in python/neve/bases/nixpkgs/releases.toml; a test holds that.
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";

  outputs =
    { self, nixpkgs }:
    let
      systems = [
        "x86_64-linux"
        "aarch64-linux"
      ];
      each =
        outputs:
        nixpkgs.lib.genAttrs systems (
          system: outputs (import ./flake { pkgs = nixpkgs.legacyPackages.${system}; })
        );
    in
    {
      packages = each (neve: {
        inherit (neve) image;
        default = neve.package;
      });
      devShells = each (neve: {
        default = neve.shell;
      });
      checks = each (neve: neve.checks);
      formatter = each (neve: neve.formatter);
      templates.default = {
        path = ./examples/hello;
        description = "A small Python project, ready for `neve build`";
      };
      # The functions of nix/, a set for each base.
      lib = import ./nix;
    };
}
