"""A source distribution that was chosen: what it is called and where it lies."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Sdist:
    """A source distribution: normalized name, version, file name, URL, SHA-256 (hexadecimal), size in bytes."""

    name: str
    version: str
    file: str
    url: str
    sha256: str
    size: int | None


__all__ = ["Sdist"]
