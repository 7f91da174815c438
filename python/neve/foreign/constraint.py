"""Version constraints: those of PEP 440, and Poetry's, which know carets, tildes, wildcards and alternatives."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet
    from packaging.version import Version

_LONGEST = 4096
_PART = re.compile(r"(?P<op>\^|~=|~|===|==|!=|<=|>=|<|>|=)?\s*v?(?P<version>(\d+!)?[^\s,|^~=!<>]+)")
_WILDCARD = re.compile(r"(?P<release>(\d+!)?\d+(\.\d+)*)?(\.[*xX])+|[*xX]")
_PRECISE = 3  # parts of a version of Python that name a patch level
_MINORS = range(60)


@dataclass(frozen=True)
class Constraint:
    """Versions that will do: those of any of the ``alternatives``, each a specifier set of PEP 440 as text."""

    alternatives: tuple[str, ...]

    def __contains__(self, version: str) -> bool:
        """Whether ``version`` will do; pre-releases count, since a lock chose them."""
        return any(_set(text).contains(version, prereleases=True) for text in self.alternatives)

    @property
    def anything(self) -> bool:
        """Whether every version will do."""
        return "" in self.alternatives

    def __str__(self) -> str:
        return " || ".join(text or "*" for text in self.alternatives)

    def specifier(self) -> str:
        """It as one specifier set of PEP 440. Raises ValueError for alternatives that are not one."""
        if self.anything:
            return ""
        if len(self.alternatives) > 1:
            raise ValueError(f"PEP 440 has no alternatives such as {self}")
        return self.alternatives[0]

    def python_specifier(self) -> str:
        """It as one specifier set for Python 3, alternatives by their minor versions."""
        if self.anything or len(self.alternatives) == 1:
            return "" if self.anything else self.alternatives[0]
        within = [text for text in self.alternatives if any(_admits(text, minor) for minor in _MINORS)]
        if len(within) == 1:
            return within[0]
        minors = [minor for minor in _MINORS if any(_admits(text, minor) for text in within)]
        if not minors:
            raise ValueError(f"{self} admits no Python 3")
        gaps = [f"!=3.{minor}.*" for minor in range(minors[0], minors[-1]) if minor not in minors]
        upper = [f"<3.{minors[-1] + 1}"] if minors[-1] + 1 < len(_MINORS) else []
        return ",".join([f">=3.{minors[0]}", *gaps, *upper])

    def python_marker(self) -> str:
        """It, said of Python, as an environment marker; empty where every version will do."""
        if self.anything:
            return ""
        return " or ".join(" and ".join(map(_python_clause, text.split(","))) for text in self.alternatives)


ANY = Constraint(("",))


@lru_cache(maxsize=4096)
def pep440(text: str) -> Constraint:
    """The constraint that a specifier set of PEP 440 is. Raises ValueError."""
    _check_length(text)
    return Constraint((str(_set(text)),))


@lru_cache(maxsize=4096)
def poetry(text: str) -> Constraint:
    """The constraint that ``text`` is in Poetry's syntax. Raises ValueError."""
    _check_length(text)
    alternatives = []
    for alternative in re.split(r"\s*\|\|?\s*", text.strip()):
        specifiers: list[str] = []
        rest = alternative.strip()
        while rest:
            if rest[0] == "," and specifiers:
                rest = rest[1:].lstrip()
            part = _PART.match(rest)
            if part is None:
                raise ValueError(f"{rest!r} is no version constraint")
            specifiers += _specifiers(part["op"] or "", part["version"])
            rest = rest[part.end() :].strip()
        if not alternative:
            raise ValueError("an alternative is empty")
        alternatives.append(str(_set(",".join(specifiers))))
    return Constraint(tuple(dict.fromkeys(alternatives)))


def _specifiers(operator: str, text: str) -> list[str]:
    wildcard = _WILDCARD.fullmatch(text)
    if wildcard is not None:
        if wildcard["release"] is None:
            if operator not in ("", "=", "==", "^", "~", ">="):
                raise ValueError(f"{operator}{text} admits no version")
            return []
        if operator in ("", "=", "=="):
            return [f"=={wildcard['release']}.*"]
        if operator == "!=":
            return [f"!={wildcard['release']}.*"]
        text = wildcard["release"]
    version = _version(text)
    if operator == "^":
        return [f">={version}", f"<{_caret(version.release, version.epoch)}"]
    if operator == "~":
        return [f">={version}", f"<{_tilde(version.release, version.epoch)}"]
    if operator == "~=" and len(version.release) == 1:  # PEP 440 asks for two parts, Poetry does not
        return [f">={version}", f"<{_release(version.epoch, (version.release[0] + 1,))}"]
    return [f"{'==' if operator in ('', '=') else operator}{text}"]


def _caret(release: tuple[int, ...], epoch: int) -> str:
    """What is below the next breaking change: the first part that is not zero counts."""
    place = next((index for index, part in enumerate(release) if part), len(release) - 1)
    return _release(epoch, (*release[:place], release[place] + 1))


def _tilde(release: tuple[int, ...], epoch: int) -> str:
    place = min(1, len(release) - 1)
    return _release(epoch, (*release[:place], release[place] + 1))


def _release(epoch: int, parts: tuple[int, ...]) -> str:
    return (f"{epoch}!" if epoch else "") + ".".join(map(str, parts))


def _version(text: str) -> Version:
    from packaging.version import Version

    return Version(text)


def _check_length(text: str) -> None:
    if len(text) > _LONGEST:
        raise ValueError(f"it has {len(text)} characters; {_LONGEST} are the most that neve reads")


@lru_cache(maxsize=4096)
def _set(text: str) -> SpecifierSet:
    from packaging.specifiers import SpecifierSet

    return SpecifierSet(text)


def _admits(text: str, minor: int) -> bool:
    return any(_set(text).contains(f"3.{minor}.{patch}") for patch in (0, 5, 99))


def _python_clause(clause: str) -> str:
    """One clause of PEP 440 as a comparison of markers: of the minor version where that says the same, else of the
    patch level. As in PEP 440 ``<=3.11`` is ``<=3.11.0``, while ``python_version <= '3.11'`` has all of 3.11; but
    ``3.11`` alone is all of it, as Poetry has it.
    """
    found = _PART.fullmatch(clause)
    assert found is not None  # noqa: S101 - SpecifierSet wrote it
    operator, version = found["op"], found["version"]
    release = version.removesuffix(".*")
    parts = release.count(".") + 1
    if version != release:
        exact = parts == _PRECISE - 1
        return f"python_version {operator} '{release}'" if exact else f"python_full_version {operator} '{version}'"
    if parts < _PRECISE and operator in ("<=", ">", "!="):
        return f"python_full_version {operator} '{_padded(version, _PRECISE)}'"
    if parts == 1:
        version = _padded(version, 2)
    return f"python_{'full_' if parts >= _PRECISE else ''}version {operator} '{version}'"


def _padded(text: str, parts: int) -> str:
    """The version ``text`` with at least ``parts`` parts."""
    version = _version(text)
    base = version.base_version
    return base + ".0" * (parts - len(version.release)) + str(version)[len(base) :]


__all__ = ["ANY", "Constraint", "pep440", "poetry"]
