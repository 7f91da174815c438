"""Requirements of PEP 508 as dependencies; with what tools add to them: `-e`, paths, repositories."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qs, unquote

from neve.foreign.constraint import Constraint, pep440
from neve.foreign.marker import LONGEST, Marker, normalized
from neve.foreign.package import Dependency


@dataclass(frozen=True, kw_only=True)
class ReadRequirement:
    """A requirement: the dependency that it is, its URL where it has one, and its text in the form of PEP 508."""

    dependency: Dependency
    url: str | None
    text: str


@lru_cache(maxsize=8192)
def read_requirement(text: str) -> ReadRequirement:
    """``text``, a requirement of PEP 508. Raises ValueError."""
    from packaging.requirements import InvalidRequirement, Requirement

    if len(text) > LONGEST:
        raise ValueError(f"it has {len(text)} characters; {LONGEST} are the most that neve reads")
    try:
        requirement = Requirement(text)
        marker = Marker(str(requirement.marker)) if requirement.marker else None
    except InvalidRequirement as error:
        raise ValueError(str(error).splitlines()[0]) from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    constraint: Constraint = pep440(str(requirement.specifier))
    return ReadRequirement(
        dependency=Dependency(
            name=normalized(requirement.name),
            constraint=constraint,
            extras=frozenset(map(normalized, requirement.extras)),
            marker=marker,
        ),
        url=requirement.url,
        text=str(requirement),
    )


def egg_name(url: str) -> str | None:
    """The name that the fragment of ``url`` gives (`#egg=name`), as pip reads it."""
    found = parse_qs(url.partition("#")[2]).get("egg")
    return unquote(found[0]).partition("[")[0] if found else None


__all__ = ["ReadRequirement", "egg_name", "read_requirement"]
