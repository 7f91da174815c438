"""Finding or fetching Nix, calling it, reading its progress and its errors."""
