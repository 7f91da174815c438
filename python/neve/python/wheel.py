"""A wheel that was chosen: what it is called and where it lies."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Wheel:
    """A wheel: normalized name, version, file name, URL, SHA-256 (hexadecimal), size in bytes where it is known."""

    name: str
    version: str
    file: str
    url: str
    sha256: str
    size: int | None


__all__ = ["Wheel"]
