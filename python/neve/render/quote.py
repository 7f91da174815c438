"""The one filter that every value passes on its way into Nix."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from neve.errors import NeveError

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "$": "\\$", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
# The smallest number of 64 bits has no literal.
_LARGEST = 2**63 - 1
_IMPOSSIBLE = re.compile("[\0\ud800-\udfff]")


def nix(value: Any) -> str:
    """``value`` as a Nix expression: string, number, boolean, null, list, attribute set.

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
        inner = " ".join(f"{_attribute(key)} = {nix(item)};" for key, item in value.items())
        return f"{{ {inner} }}" if inner else "{ }"
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        inner = " ".join(nix(item) for item in value)
        return f"[ {inner} ]" if inner else "[ ]"
    raise TypeError(f"{type(value).__name__} has no form in Nix")


def comment(value: str) -> str:
    """``value`` as one line inside a ``#`` comment."""
    return "".join(character if character.isprintable() else " " for character in value)


def _attribute(name: str) -> str:
    return _string(name)


def _string(value: str) -> str:
    if _IMPOSSIBLE.search(value):
        raise NeveError(
            "a value holds characters that Nix cannot",
            why=ascii(value),
            fixes=["take the NUL or the lone surrogate out"],
        )
    return f'"{value.translate(_ESCAPES)}"'


__all__ = ["comment", "nix"]
