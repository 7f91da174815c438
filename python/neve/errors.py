"""The errors that neve raises on purpose, and the exit codes they end in.

An error says what is wrong, where (a file and a key, ``packages[3].wheels[0]``), why, and what to do.
One place, :func:`neve.__main__.main`, turns it into text and an exit code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum

_LONGEST = 2000  # characters of a line


class ExitCode(IntEnum):
    """Exit codes of the command line; 75 and 70 are those of sysexits(3), 127 is that of shells."""

    DONE = 0
    FIXABLE = 1
    USAGE = 2
    DEFECT = 70
    TRANSIENT = 75
    NO_COMMAND = 127


class NeveError(Exception):
    """Something the user can put right.

    ``what`` is one line without a full stop; ``where`` names the file and the key; ``why`` is the cause;
    ``fixes`` are the remedies, one line each, the best first.
    """

    code: ExitCode = ExitCode.FIXABLE

    def __init__(
        self, what: str, *, where: str | None = None, why: str | None = None, fixes: Sequence[str] = ()
    ) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.why = why
        self.fixes = tuple(fixes)

    @property
    def errors(self) -> tuple[NeveError, ...]:
        """The single problems: of one, itself."""
        return (self,)

    def __str__(self) -> str:
        lines = [_plain(self.what)]
        if self.where:
            lines.append(f"  where: {_plain(self.where)}")
        if self.why:
            lines += _labelled("why", self.why)
        for fix in self.fixes:
            lines += _labelled("fix", fix)
        return "\n".join(lines)


class UsageError(NeveError):
    """The command line itself is wrong."""

    code = ExitCode.USAGE


class NoCommandError(NeveError):
    """What is to run in an image is not in it."""

    code = ExitCode.NO_COMMAND


class StaleError(NeveError):
    """A lock is missing, or does not answer what the project asks for any more."""


class TransientError(NeveError):
    """It may well go through later: a mirror that does not answer, a lock that is held."""

    code = ExitCode.TRANSIENT


class DefectError(NeveError):
    """Neve did something that it should never do."""

    code = ExitCode.DEFECT


class ManyErrors(NeveError):  # noqa: N818
    """All the problems of one kind, shown together."""

    def __init__(self, errors: Sequence[NeveError]) -> None:
        super().__init__(f"{len(errors)} problems")
        self._errors = tuple(one for error in errors for one in error.errors)
        # While one of them wants a change, trying again does not help.
        lasting = [error.code for error in errors if error.code != ExitCode.TRANSIENT]
        self.code = max(lasting, default=ExitCode.TRANSIENT)

    @property
    def errors(self) -> tuple[NeveError, ...]:
        """All of them, none of them many."""
        return self._errors

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


def collected(errors: Iterable[NeveError]) -> NeveError | None:
    """One error that stands for all of ``errors``; None where there is none."""
    found = list(errors)
    if not found:
        return None
    return found[0] if len(found) == 1 else ManyErrors(found)


def _labelled(label: str, text: str) -> list[str]:
    first, *rest = map(_plain, text.strip().splitlines() or [""])
    return [f"  {label}: {first}", *(f"       {line}" for line in rest)]


def _plain(text: str) -> str:
    """``text`` as a terminal may show it: no control character of hostile input reaches it, nor a line without end."""
    shown = "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text[: _LONGEST + 1])
    return shown if len(text) <= _LONGEST else f"{shown[:_LONGEST]}…"


__all__ = [
    "DefectError",
    "ExitCode",
    "ManyErrors",
    "NeveError",
    "NoCommandError",
    "StaleError",
    "TransientError",
    "UsageError",
    "collected",
]
