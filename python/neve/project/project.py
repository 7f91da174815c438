"""The Project: the frozen result of reading a directory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from neve.project.config import Config, Kind


@dataclass(frozen=True, kw_only=True)
class BuildSystem:
    """``[build-system]`` of pyproject.toml (PEP 517, PEP 518)."""

    requires: tuple[str, ...]
    backend: str
    backend_path: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PythonRequest:
    """The Python that a project asks for: an exact minor version, or a specifier set, and who said so.

    ``full`` is the version with its patch level, where one is named: the image has what its base or uv has of it.
    """

    version: str | None = None
    specifier: str | None = None
    full: str | None = None
    origin: str = "nothing asks for one"


@dataclass(frozen=True, kw_only=True)
class Project:
    """What the metadata of a project directory says.

    ``files`` are those that were read, the one that made it this ``kind`` first, and ``reason`` says why it did;
    ``passed_over`` are other kinds that the directory holds, with their files. Without ``has_python`` the image needs
    no interpreter. ``named`` is whether the metadata has the name; else it is made of the directory's, and is no part
    of the image. ``notes`` are what the user should hear of what was read.
    """

    kind: Kind
    files: tuple[str, ...] = ()
    reason: str = ""
    passed_over: tuple[tuple[Kind, str], ...] = ()
    has_python: bool = True
    named: bool = True
    name: str
    version: str | None
    description: str | None
    python: PythonRequest
    requires_python: str | None
    build_system: BuildSystem | None
    scripts: tuple[str, ...]
    urls: Mapping[str, str] = field(default_factory=dict)
    license: str | None = None
    notes: tuple[str, ...] = ()
    config: Config


__all__ = ["BuildSystem", "Project", "PythonRequest"]
