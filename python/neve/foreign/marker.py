"""Environment markers (PEP 508) as foreign locks write them: with several extras at once, and by anybody."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from packaging.markers import Marker as Parsed

LONGEST = 16_384  # characters; the longest real ones have some thousands
_DEEPEST = 100

# A comparison of the extra, or a quoted string that may look like one.
_EXTRA = re.compile(
    r"""\bextra\s*(?P<op>==|!=)\s*(?P<quote>["'])(?P<name>[^"']*)(?P=quote)"""
    r"""|(?P<quote2>["'])(?P<name2>[^"']*)(?P=quote2)\s*(?P<op2>==|!=)\s*extra\b"""
    r"""|"[^"]*"|'[^']*'"""
)
_ALWAYS, _NEVER = "python_version >= '0'", "python_version < '0'"


class Marker:
    """A marker whose comparisons of ``extra`` hold for each of several extras."""

    def __init__(self, text: str) -> None:
        """Raises ValueError for what is no marker, and for one that is longer or deeper than any real one."""
        if len(text) > LONGEST:
            raise ValueError(f"it has {len(text)} characters; {LONGEST} are the most that neve reads")
        if _depth(text) > _DEEPEST:
            raise ValueError("it is nested too deeply")
        self.text = text
        _parsed(text)

    def holds(self, environment: Mapping[str, str], extras: Collection[str] = ()) -> bool:
        """Whether it is true in ``environment`` (PEP 508) with ``extras``, which are normalized names.

        Raises ValueError where it compares what cannot be compared.
        """
        from packaging.markers import UndefinedComparison, UndefinedEnvironmentName

        def answer(found: re.Match[str]) -> str:
            operator = found["op"] or found["op2"]
            if operator is None:
                return found[0]
            name = normalized(found["name"] if found["op"] else found["name2"])
            return _ALWAYS if (name in extras) == (operator == "==") else _NEVER

        try:
            return _parsed(_EXTRA.sub(answer, self.text)).evaluate(cast("dict[str, str]", dict(environment)))
        except (UndefinedComparison, UndefinedEnvironmentName, KeyError) as error:
            raise ValueError(str(error)) from None
        except RecursionError:
            raise ValueError("it is nested too deeply") from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Marker) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Marker({self.text!r})"


def normalized(name: str) -> str:
    """``name`` in the normal form of PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Parsed:
    from packaging.markers import InvalidMarker
    from packaging.markers import Marker as Parsed

    try:
        return Parsed(text)
    except InvalidMarker as error:
        raise ValueError(str(error).splitlines()[0]) from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _depth(text: str) -> int:
    deepest = depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    return deepest


__all__ = ["LONGEST", "Marker", "normalized"]
