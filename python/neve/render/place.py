"""Where a rendering lies."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the rendered ``nix/`` lies, seen from itself: ``root`` is the relative path of the project.

    ``files`` are the project's files; None where the flake itself says which they are (its git tree).
    """

    root: str = "../."
    files: tuple[str, ...] | None = None


__all__ = ["Place"]
