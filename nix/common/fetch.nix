# What a pin of the lock is of: a file or a tree, by its hash; or a directory of the project, as it is now.
{
  root, # the project
  git,
}:
pin:
if pin ? rev then
  git pin
else if pin ? directory then
  import ./source.nix {
    path = root + "/${pin.directory}";
    inherit (pin) files;
  }
else if pin ? path then
  # The store path that a fixed-output fetch of the same file has.
  builtins.path {
    inherit (pin) name sha256;
    path = root + "/${pin.path}";
    recursive = false;
  }
else
  # Fetched by Nix itself: no nixpkgs, no shell, no network but for this.
  import <nix/fetchurl.nix> { inherit (pin) name url sha256; }
