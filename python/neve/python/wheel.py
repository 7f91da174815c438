"""A wheel that was chosen: what it is called and where it lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Origin: TypeAlias = Literal["registry", "url", "path"]


@dataclass(frozen=True, kw_only=True)
class File:
    """A file of a package: normalized name, version, file name, URL, SHA-256 (hexadecimal), size in bytes (if known).

    It is of a ``registry``, or was asked for by its ``url`` or its ``path``. One that lies in a directory has no
    ``url`` but that ``path``, relative to the project's directory.
    """

    name: str
    version: str
    file: str
    url: str
    sha256: str
    size: int | None
    origin: Origin = "registry"
    path: str | None = None


@dataclass(frozen=True, kw_only=True)
class Wheel(File):
    """A wheel (binary distribution format)."""


def store_name(file: str) -> str:
    """The file name ``file`` in the characters that a store path may have (an epoch's ``!`` is none of them)."""
    return file.replace("!", "-")


__all__ = ["File", "Origin", "Wheel", "store_name"]
