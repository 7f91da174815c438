"""``.python-version``, as pyenv and uv write it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

# 3.13, 3.13.5, 313, cp313, cpython-3.13, cpython@3.13; free-threaded: 3.13t, 3.13.5t, 3.13+freethreaded; a release that
# is to come: 3.15.0rc1, 3.15-dev; uv's whole name: cpython-3.13.5-linux-x86_64-gnu.
_VERSION = re.compile(
    r"(?:(?:cpython|python|cp)[-@]?)?3\.?(?P<minor>\d{1,2})(?P<patch>\.\d{1,3})?(?:(?:a|b|rc)\d+|-dev)?"
    r"(?P<free>t|t-dev|\+freethreaded)?(?:-[a-z]+-[a-z0-9_]+-[a-z0-9_]+)?\Z"
)
_ANY = re.compile(r"(?:(?:(?:cpython|python)[-@]?)?3|cpython|cp|any|default)\Z")
_SPECIFIER = re.compile(r"(?:cpython|python|cp)?(?P<specifier>[<>=!~].*)\Z")


@dataclass(frozen=True, kw_only=True)
class Pinned:
    """What ``.python-version`` asks for: a minor version ("3.13", free-threaded "3.13t"), a specifier set (PEP 440),
    or, where it ``asks`` without either, any CPython 3. ``full`` is the version with the patch level that it names, and
    ``note`` what of it is passed over (empty: nothing).
    """

    asks: bool = False
    version: str | None = None
    specifier: str | None = None
    full: str | None = None
    note: str = ""


def read_python_version(text: str) -> Pinned:
    """What ``text`` asks for first.

    uv takes a request a line: a version, a specifier set, ``3`` for any. pyenv takes several versions, ``system`` and
    names of virtual environments; the first request for CPython 3 counts.
    """
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    words = [word for line in lines for word in ([line] if _SPECIFIER.match(line) else line.split())]
    for number, word in enumerate(words):
        found = _request(word)
        if found is not None:
            passed = [*words[:number], *words[number + 1 :]]
            return replace(found, note=_note(passed, taken=word))
    return Pinned(note=_note(words, taken=None))


def _request(word: str) -> Pinned | None:
    """The request in ``word``; None where it is for no CPython 3."""
    if _ANY.match(word):
        return Pinned(asks=True)
    if match := _VERSION.match(word):
        minor = f"3.{int(match['minor'])}"
        full = minor + match["patch"] if match["patch"] else None
        return Pinned(asks=True, version=minor + "t" * bool(match["free"]), full=full)
    if match := _SPECIFIER.match(word):
        from neve.project.pyproject import specifier_problems

        specifier = match["specifier"]
        if len(specifier) < 200 and not specifier_problems(specifier, where=""):
            return Pinned(asks=True, specifier=specifier)
    return None


def _note(passed: list[str], *, taken: str | None) -> str:
    if not passed:
        return ""
    words = ", ".join((word if word.isprintable() else repr(word))[:80] for word in passed[:5])
    return f".python-version: {taken} is taken, not {words}" if taken else f".python-version: {words} is no CPython 3"


__all__ = ["Pinned", "read_python_version"]
