"""A wheel that was chosen: what it is called and where it lies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

_BUILD = re.compile(r"([0-9]{1,100})(.*)\Z", re.S)
_NONE = (-1, "")
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


def highest_build_first(pylock: dict[str, Any]) -> None:
    """Sort the wheels in the data of a pylock by their build tags, which break ties between wheels that fit equally
    (binary distribution format); ``packaging`` takes the first of them. Others stay in their order.
    """
    packages = pylock.get("packages")
    for package in packages if isinstance(packages, list) else ():
        wheels = package.get("wheels") if isinstance(package, dict) else None
        if isinstance(wheels, list) and any(_build_tag(wheel) > _NONE for wheel in wheels):
            wheels.sort(key=_build_tag, reverse=True)


def _build_tag(wheel: Any) -> tuple[int, str]:
    """The build tag of a wheel of a pylock: its number and the rest; what has none is below all."""
    given = wheel if isinstance(wheel, dict) else {}
    file = str(given.get("name") or given.get("path") or given.get("url") or "").rpartition("/")[2]
    parts = file.split("-")
    match = _BUILD.match(parts[2]) if len(parts) == 6 else None
    return (int(match[1]), match[2]) if match else _NONE


def store_name(file: str) -> str:
    """The file name ``file`` in the characters that a store path may have (an epoch's ``!`` is none of them)."""
    return file.replace("!", "-")


__all__ = ["File", "Origin", "Wheel", "highest_build_first", "store_name"]
