"""What uv is told of builds: constraints on build requirements, and more of them for single packages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from neve.errors import NeveError, collected

if TYPE_CHECKING:
    from neve.python.artefact import Artefact

_CONSTRAINTS, _EXTRA = "build-constraint-dependencies", "extra-build-dependencies"


@dataclass(frozen=True, kw_only=True)
class BuildSettings:
    """``constraints`` hold for all build requirements; ``extra`` are more of them by the normalized name of the package
    that is built, each with whether it must be of the version that the environment has.
    """

    constraints: tuple[str, ...] = ()
    extra: Mapping[str, tuple[tuple[str, bool], ...]] = field(default_factory=dict)

    @property
    def digest(self) -> str | None:
        """A digest of them; None where there are none."""
        if not self.constraints and not self.extra:
            return None
        return hashlib.sha256(json.dumps([self.constraints, self.extra], sort_keys=True).encode()).hexdigest()

    def extra_for(self, name: str, environments: Mapping[str, Sequence[Artefact]]) -> tuple[str, ...]:
        """What the package ``name`` needs besides, in ``environments`` by architecture.

        Raises NeveError for one that must match what the environment does not have.
        """
        from packaging.requirements import Requirement

        found: list[str] = []
        for text, match in self.extra.get(name, ()):
            requirement = Requirement(text)
            if match:
                versions = {a.version for each in environments.values() for a in each if _is(a.name, requirement.name)}
                version = next(iter(versions)) if len(versions) == 1 else None
                if version is None:
                    number = "several" if versions else "none"
                    raise NeveError(
                        f"{requirement.name} cannot match the environment, which has {number}",
                        where=f"pyproject.toml, tool.uv.{_EXTRA}.{name}",
                        fixes=["take match-runtime out, or depend on one version of it"],
                    )
                requirement.specifier &= _exactly(version)
            found.append(str(requirement))
        return tuple(found)


NO_SETTINGS = BuildSettings()


def build_settings(tables: Sequence[Mapping[str, Any]]) -> BuildSettings:
    """The settings of uv's ``tables``, the strongest first. Raises NeveError for what is no requirement."""
    from packaging.utils import canonicalize_name

    problems: list[NeveError] = []
    constraints: list[str] = []
    extra: dict[str, tuple[tuple[str, bool], ...]] = {}
    for table in tables:
        values = table.get(_CONSTRAINTS)
        for text in values if isinstance(values, list) else ():
            constraints += _requirement(text, _CONSTRAINTS, problems)
        packages = table.get(_EXTRA)
        for name, entries in (packages if isinstance(packages, Mapping) else {}).items():
            key = f"{_EXTRA}.{name}"
            pairs = [_pair(entry) for entry in (entries if isinstance(entries, list) else [entries])]
            found = [(text, match) for given, match in pairs for text in _requirement(given, key, problems)]
            extra.setdefault(canonicalize_name(name), tuple(found))
    if (problem := collected(problems)) is not None:
        raise problem
    return BuildSettings(constraints=tuple(dict.fromkeys(constraints)), extra=extra)


def _pair(entry: Any) -> tuple[Any, bool]:
    if isinstance(entry, Mapping):
        return entry.get("requirement"), entry.get("match-runtime") is True
    return entry, False


def _requirement(text: Any, key: str, problems: list[NeveError]) -> list[str]:
    """``text`` in the form of PEP 508, so that uv reads no option or path in it."""
    from packaging.requirements import Requirement

    try:
        requirement = Requirement(text)
        written = str(requirement)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:  # InvalidRequirement is a ValueError
        problems.append(
            NeveError(f"{str(text)[:200]!r} is not a requirement", where=f"tool.uv.{key}", why=str(error)[:300])
        )
        return []
    if requirement.url is not None:
        problems.append(
            NeveError(
                f"the build requirement {requirement.name!r} is a URL",
                where=f"tool.uv.{key}",
                why="neve takes build requirements from the project's indexes only",
            )
        )
        return []
    return [written]


def _is(name: str, other: str) -> bool:
    from packaging.utils import canonicalize_name

    return name == canonicalize_name(other)


def _exactly(version: str) -> Any:
    from packaging.specifiers import SpecifierSet

    return SpecifierSet(f"=={version}")


__all__ = ["NO_SETTINGS", "BuildSettings", "build_settings"]
