"""Debian version numbers: their order (Debian Policy 5.6.12)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias

# A part that is no number, as ranks, and the number that follows it, as its length and its digits.
_Piece: TypeAlias = tuple[tuple[int, ...], int, str]
VersionKey: TypeAlias = tuple[int, str, tuple[_Piece, ...], tuple[_Piece, ...]]

_PIECES = re.compile(r"([^0-9]*)([0-9]*)")
_VERSION = re.compile(r"(?:[0-9]+:)?[0-9A-Za-z.+~-]+")


def is_version(text: str) -> bool:
    """Whether ``text`` is written like a Debian version."""
    return _VERSION.fullmatch(text) is not None


@lru_cache(maxsize=16384)
def version_key(version: str) -> VersionKey:
    """A value by which versions sort: epoch, upstream version, revision."""
    epoch, colon, rest = version.partition(":")
    if not colon:
        epoch, rest = "0", version
    upstream, _, revision = rest.rpartition("-") if "-" in rest else (rest, "", "")
    epoch = epoch.lstrip("0")
    return len(epoch), epoch, _key(upstream), _key(revision)


def compare(left: str, right: str) -> int:
    """-1, 0 or 1 as ``left`` is older than, as old as or newer than ``right``."""
    a, b = version_key(left), version_key(right)
    return (a > b) - (a < b)


def satisfies(version: str, operator: str, bound: str) -> bool:
    """Whether ``version`` is ``operator`` (``<<``, ``<=``, ``=``, ``>=``, ``>>``) ``bound``."""
    order = compare(version, bound)
    match operator:
        case "<<":
            return order < 0
        case "<=":
            return order <= 0
        case "=":
            return order == 0
        case ">=":
            return order >= 0
        case _:
            return order > 0


def _key(part: str) -> tuple[_Piece, ...]:
    # Nothing counts as zero. findall ends in a match of nothing: it ranks the end above the tilde alone.
    pieces = []
    for text, digits in _PIECES.findall(part or "0"):
        number = digits.lstrip("0")
        pieces.append(((*map(_rank, text), 0), len(number), number))
    return tuple(pieces)


def _rank(character: str) -> int:
    if character == "~":
        return -1
    return ord(character) if character.isalpha() else ord(character) + 0x110000


__all__ = ["VersionKey", "compare", "is_version", "satisfies", "version_key"]
