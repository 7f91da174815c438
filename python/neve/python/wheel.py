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


def store_name(file: str) -> str:
    """The file name ``file`` in the characters that a store path may have (an epoch's ``!`` is none of them)."""
    return file.replace("!", "-")


__all__ = ["Wheel", "store_name"]
