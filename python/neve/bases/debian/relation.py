"""Relations between packages, as Depends, Provides and their kin state them (Debian Policy 7.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from neve.bases.debian.version import satisfies
from neve.errors import NeveError

_RELATION = re.compile(
    r"""\s*(?P<name>[A-Za-z0-9][A-Za-z0-9+.-]*)
        (?: :(?P<qualifier>[a-z0-9-]+) )?
        (?: \s* \( \s* (?P<operator><<|<=|=|>=|>>|<|>) \s* (?P<version>[^\s)]+) \s* \) )?
        (?: \s* \[ (?P<architectures>[^\]]*) \] )?
        (?: \s* <[^>]*> )*      # build profiles say nothing about installing
        \s*""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Relation:
    """A package name, real or virtual, and the versions of it that are meant.

    ``qualifier`` is what follows a colon (``any``, ``amd64``); ``operator`` and ``version`` go together.
    """

    name: str
    qualifier: str | None = None
    operator: str | None = None
    version: str | None = None

    def admits(self, version: str) -> bool:
        """Whether ``version`` is one that is meant."""
        if self.operator is None or self.version is None:
            return True
        return satisfies(version, self.operator, self.version)

    def applies_to(self, architecture: str) -> bool:
        """Whether a package of ``architecture`` is meant, where all packages are of that one."""
        return self.qualifier in (None, "any", "native", architecture)

    def __str__(self) -> str:
        name = f"{self.name}:{self.qualifier}" if self.qualifier else self.name
        return f"{name} ({self.operator} {self.version})" if self.operator else name


# Alternatives, of which one is enough.
Group: TypeAlias = tuple[Relation, ...]


@lru_cache(maxsize=8192)
def parse_relations(text: str, architecture: str) -> tuple[Group, ...]:
    """The groups of a relation field, without what is for other architectures than ``architecture``.

    Raises NeveError for text that is no relation field.
    """
    groups = []
    for part in text.split(","):
        if not part.strip():
            continue
        alternatives = [_parse(alternative, architecture) for alternative in part.split("|")]
        if group := tuple(relation for relation in alternatives if relation is not None):
            groups.append(group)
    return tuple(groups)


def _parse(text: str, architecture: str) -> Relation | None:
    match = _RELATION.fullmatch(text)
    if match is None:
        raise NeveError(f"{text.strip()!r} is no relation between packages")
    if match["architectures"] is not None and not _listed(match["architectures"].split(), architecture):
        return None
    # Policy: the single signs are obsolete, and mean "or equal".
    operator = {"<": "<=", ">": ">="}.get(match["operator"], match["operator"])
    return Relation(match["name"], match["qualifier"], operator, match["version"])


def _listed(names: list[str], architecture: str) -> bool:
    wildcards = {architecture, "any", "linux-any", f"any-{architecture}"}
    if names and names[0].startswith("!"):
        return not wildcards.intersection(name.removeprefix("!") for name in names)
    return bool(wildcards.intersection(names))


__all__ = ["Group", "Relation", "parse_relations"]
