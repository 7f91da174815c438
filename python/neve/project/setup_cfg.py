"""setup.cfg without setup.py or pyproject.toml: what its own lists of requirements say, as setuptools reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from configparser import ConfigParser
from pathlib import Path
from typing import Literal

from neve.errors import NeveError, collected
from neve.project.facts import normalized
from neve.project.indexes import password_problems
from neve.project.setuptools import parsed_cfg

_EXTRAS = "options.extras_require"


def static_requirements(directory: Path, extras: Sequence[str] | Literal["all"]) -> list[str]:
    """The requirements of the setup.cfg in ``directory`` with those of ``extras``, each once.

    Raises NeveError with everything that setuptools alone could tell, or that is no requirement (PEP 508), and for
    extras that it has not.
    """
    parser = parsed_cfg(directory)
    own = normalized(parser.get("metadata", "name", fallback="").strip())
    keys = list(parser[_EXTRAS]) if parser.has_section(_EXTRAS) else []
    known = {normalized(key): key for key in keys}
    wanted = list(known) if extras == "all" else [normalized(extra) for extra in extras]
    problems = [
        NeveError(
            f"the project has no extra {name!r}",
            where="tool.neve.extras",
            why=f"setup.cfg has {', '.join(keys) or 'none'} in [{_EXTRAS}]",
            fixes=["name one that it has"],
        )
        for name in wanted
        if name not in known
    ]
    lines = _lines(parser, "options", "install_requires", problems)
    seen: set[str] = set()
    found: dict[str, None] = {}
    while lines or wanted:
        while lines:
            line = lines.pop(0)
            more = _own_extras(line, own)
            if more is None:
                found[line] = None
            else:
                wanted += [extra for extra in more if extra in known]
        if wanted and (extra := wanted.pop(0)) in known and extra not in seen:
            seen.add(extra)
            lines = _lines(parser, _EXTRAS, known[extra], problems)
    if (error := collected(problems)) is not None:
        raise error
    return list(found)


def _lines(parser: ConfigParser, section: str, key: str, problems: list[NeveError]) -> list[str]:
    """The requirements of a key: one a line, or on one line parted by semicolons, as setuptools has it."""
    from packaging.requirements import InvalidRequirement, Requirement

    value = parser.get(section, key, fallback="")
    where = f"setup.cfg, {section}.{key}"
    if value.strip().startswith(("file:", "attr:")):
        problems.append(
            NeveError(
                "setup.cfg does not say its requirements itself",
                where=where,
                why=f"{value.split()[0]} is setuptools' to read, and uv asks it only where there is a pyproject.toml",
                fixes=[
                    "write them out there, one a line",
                    'or add a pyproject.toml with [build-system] requires = ["setuptools"]',
                ],
            )
        )
        return []
    parts = value.splitlines() if "\n" in value else value.split(";")
    stripped = (part.strip().partition(" #")[0].strip() for part in parts)
    lines = [part for part in stripped if part and not part.startswith("#")]
    for line in lines:
        try:
            Requirement(line)
        except (InvalidRequirement, RecursionError) as error:
            problems.append(
                NeveError(
                    f"{line!r} is not a requirement",
                    where=where,
                    why=str(error).partition("\n")[0] or "its marker is nested too deeply",
                    fixes=["write it like \"name >= 1.0 ; python_version < '3.13'\" (PEP 508), one a line"],
                )
            )
    data: Mapping[str, object] = {"dependencies": lines}
    problems += [
        NeveError(problem.what, where=where, why=problem.why, fixes=problem.fixes)
        for problem in password_problems(data, where="setup.cfg")
    ]
    return lines


def _own_extras(line: str, own: str) -> list[str] | None:
    """The extras that a requirement of the project itself asks for; None for one of another project."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        requirement = Requirement(line)
    except (InvalidRequirement, RecursionError):
        return None
    return sorted(map(normalized, requirement.extras)) if own and normalized(requirement.name) == own else None


__all__ = ["static_requirements"]
