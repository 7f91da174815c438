"""Reading foreign data with types that nobody vouches for: each mistake is noted with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from neve.errors import NeveError, collected

_SHOWN = 80
_MOST = 20


class Problems:
    """The mistakes that are found in one file; ``fix`` is the remedy for all of them."""

    def __init__(self, file: str, fix: str) -> None:
        self.file = file
        self.fix = fix
        self._found: list[NeveError] = []

    def add(self, what: str, key: str, *, why: str | None = None, fix: str | None = None) -> None:
        """Note a mistake at ``key``."""
        where = f"{self.file}, {shown_key(key)}" if key else self.file
        self._found.append(NeveError(what, where=where, why=why, fixes=[fix or self.fix]))

    def raise_any(self) -> None:
        """Raise NeveError with what was noted, if there is something."""
        if (found := collected(self._found[:_MOST])) is not None:
            raise found


class Table:
    """A table of foreign data, at ``key`` of a file. A value of a wrong type is noted and taken for none."""

    def __init__(self, data: Mapping[str, Any], key: str, problems: Problems) -> None:
        self.data = data
        self.key = key
        self.problems = problems

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def place(self, key: str) -> str:
        """Where ``key`` lies in the file."""
        return f"{self.key}.{key}" if self.key else key

    def problem(self, what: str, key: str = "", *, why: str | None = None) -> None:
        """Note a mistake at ``key`` of this table."""
        self.problems.add(what, self.place(key) if key else self.key, why=why)

    def text(self, key: str) -> str | None:
        """The string at ``key``; None where there is none."""
        found: str | None = self._typed(key, str, "a string")
        return found

    def flag(self, key: str) -> bool:
        """The boolean at ``key``; False where there is none."""
        return self._typed(key, bool, "true or false") or False

    def table(self, key: str) -> Table:
        """The table at ``key``; an empty one where there is none."""
        return Table(self._typed(key, Mapping, "a table") or {}, self.place(key), self.problems)

    def tables(self, key: str) -> Iterator[Table]:
        """The tables of the list at ``key``."""
        for number, item in enumerate(self.items(key)):
            place = f"{self.place(key)}[{number}]"
            if isinstance(item, Mapping):
                yield Table(item, place, self.problems)
            else:
                self.problems.add(f"{shown(item)} is not a table", place)

    def texts(self, key: str) -> tuple[str, ...]:
        """The strings of the list at ``key``."""
        found = []
        for number, item in enumerate(self.items(key)):
            if isinstance(item, str):
                found.append(item)
            else:
                self.problems.add(f"{shown(item)} is not a string", f"{self.place(key)}[{number}]")
        return tuple(found)

    def items(self, key: str) -> Sequence[Any]:
        """The list at ``key``; an empty one where there is none."""
        return self._typed(key, list, "a list") or []

    def _typed(self, key: str, kind: Any, name: str) -> Any:
        value = self.data.get(key)
        if value is None or isinstance(value, kind):
            return value
        self.problem(f"{shown(value)} is not {name}", key)
        return None


def shown(value: Any) -> str:
    """``value`` as an error shows it: in quotes, without control characters, and short."""
    try:
        text = ascii(value) if not isinstance(value, str) or not value.isprintable() else repr(value)
    except (RecursionError, ValueError):
        text = f"a {type(value).__name__}"
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def shown_key(key: str) -> str:
    """The place ``key`` as an error shows it."""
    text = "".join(character if character.isprintable() else "�" for character in key)
    return text if len(text) <= 2 * _SHOWN else text[: 2 * _SHOWN] + "…"


__all__ = ["Problems", "Table", "shown", "shown_key"]
