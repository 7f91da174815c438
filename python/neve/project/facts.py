"""What the files of a kind of project say, before the configuration is added: each kind has a reader of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from neve.project.project import BuildSystem

_UNUSABLE = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Metadata by the names of PEP 621; a ``name`` of None is that of the directory.

    ``requires_origin`` is who says ``requires_python``; ``files`` are those that were read, relative, the main one
    first; ``notes`` are what the user should hear.
    """

    name: str | None = None
    version: str | None = None
    description: str | None = None
    requires_python: str | None = None
    requires_origin: str = "project.requires-python"
    build_system: BuildSystem | None = None
    scripts: tuple[str, ...] = ()
    urls: Mapping[str, str] = field(default_factory=dict)
    license: str | None = None
    files: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def normalized(name: str) -> str:
    """``name`` as indexes have it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def name_of(path: Path) -> str:
    """A project's name made of the last part of ``path``, for projects that say none."""
    return _UNUSABLE.sub("-", path.name).strip("-").lower() or "project"


__all__ = ["Facts", "name_of", "normalized"]
