# A file pinned by its SHA-256, fetched by Nix itself: no nixpkgs, no shell, no network but for this.
{
  name,
  url,
  sha256,
}:
import <nix/fetchurl.nix> { inherit name url sha256; }
