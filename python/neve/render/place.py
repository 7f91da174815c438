"""Where a rendering lies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the rendered ``nix/`` lies, seen from itself: ``root`` is the relative path of the project.

    ``files`` are the project's files; None where the flake itself says which they are (its git tree). ``directories``
    has the files of other directories that are built, by their paths relative to the project, where they are known.
    """

    root: str = "../."
    files: tuple[str, ...] | None = None
    directories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


__all__ = ["Place"]
