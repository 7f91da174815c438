"""``.python-version``, as pyenv and uv write it."""

from __future__ import annotations

import re

# 3.13, 3.13.5, cpython-3.13, cpython@3.13; free-threaded: 3.13t, 3.13.5t, 3.13+freethreaded; a release that is to come:
# 3.15.0rc1, 3.15-dev.
_VERSION = re.compile(r"(?:cpython[-@]?)?(3\.\d{1,2})(?:\.\d+)?(?:(?:a|b|rc)\d+|-dev)?(t|t-dev|\+freethreaded)?\Z")


def read_python_version(text: str) -> tuple[str | None, str]:
    """The minor version ("3.13", free-threaded "3.13t") that ``text`` asks for first, and what of it is passed over,
    as a note (empty: nothing).

    pyenv takes several versions, ``system`` and names of virtual environments; the first version of CPython 3 counts.
    """
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    words = [word for line in lines for word in line.split()]
    passed: list[str] = []
    for number, word in enumerate(words):
        if match := _VERSION.match(word):
            more = words[number + 1 :]
            return match[1] + "t" * bool(match[2]), _note([*passed, *more], taken=word)
        passed.append(word)
    return None, _note(passed, taken=None)


def _note(passed: list[str], *, taken: str | None) -> str:
    if not passed:
        return ""
    words = ", ".join(word if word.isprintable() else repr(word) for word in passed[:5])
    return f".python-version: {taken} is taken, not {words}" if taken else f".python-version: {words} is no CPython 3"


__all__ = ["read_python_version"]
