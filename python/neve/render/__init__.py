"""Plan and Lock as Nix expressions: ``{path: text}``, a pure function."""
