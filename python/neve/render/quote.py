"""The one filter that every value passes on its way into Nix."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from neve.errors import NeveError

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "$": "\\$", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
# The smallest number of 64 bits has no literal.
_LARGEST = 2**63 - 1
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_'-]*\Z")
_KEYWORDS = frozenset({"assert", "else", "if", "in", "inherit", "let", "or", "rec", "then", "with"})
_IMPOSSIBLE = re.compile("[\0\ud800-\udfff]")


def nix(value: Any, indent: int | None = None) -> str:
    """``value`` as a Nix expression: string, number, boolean, null, list, attribute set.

    It is one line; with ``indent``, the columns before the line that it begins in, several items have a line each, as
    nixfmt (RFC 166) has it.
    Raises NeveError for what Nix cannot hold (NUL, lone surrogates, more than 64 bits) and TypeError for other types.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        if abs(value) > _LARGEST:
            raise NeveError("a number is too large for Nix", why=f"{value} has more than 64 bits")
        return str(value) if value >= 0 else f"({value})"
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, Mapping):
        return _collection(
            "{", [f"{_attribute(k)} = {nix(v, _deeper(indent))};" for k, v in value.items()], "}", indent
        )
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return _collection("[", [nix(item, _deeper(indent)) for item in value], "]", indent)
    raise TypeError(f"{type(value).__name__} has no form in Nix")


def comment(value: str) -> str:
    """``value`` as one line inside a ``#`` comment."""
    return "".join(character if character.isprintable() else " " for character in value)


def _collection(begin: str, items: list[str], end: str, indent: int | None) -> str:
    # nixfmt leaves one item of a list in its line, none of a set.
    if indent is None or not items or (begin == "[" and len(items) == 1 and "\n" not in items[0]):
        return " ".join([begin, *items, end])
    separator = "\n" + " " * (indent + 2)
    return separator.join([begin, *items]) + "\n" + " " * indent + end


def _deeper(indent: int | None) -> int | None:
    return None if indent is None else indent + 2


def _attribute(name: str) -> str:
    return name if _IDENTIFIER.match(name) and name not in _KEYWORDS else _string(name)


def _string(value: str) -> str:
    if _IMPOSSIBLE.search(value):
        raise NeveError(
            "a value holds characters that Nix cannot",
            why=ascii(value),
            fixes=["take the NUL or the lone surrogate out"],
        )
    return f'"{value.translate(_ESCAPES)}"'


__all__ = ["comment", "nix"]
