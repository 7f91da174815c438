"""Where the Nix library and the templates lie: inside the installed wheel, or in the checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent


def nix_library() -> Path:
    """The directory of the Nix library (``nix/`` of the repository)."""
    return _share() / "nix"


def templates() -> Path:
    """The directory of the Jinja templates."""
    return _share() / "templates"


@cache
def _share() -> Path:
    installed = _HERE / "_share"
    return installed if installed.is_dir() else _HERE.parent.parent


__all__ = ["nix_library", "templates"]
