"""What a PDM project asks for: `[project]`, `[dependency-groups]` and `[tool.pdm.dev-dependencies]`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from neve.foreign.marker import normalized
from neve.foreign.package import Wishes
from neve.foreign.pep621 import expanded, group_wishes, project_wishes
from neve.foreign.table import Problems, Table

FILE = "pyproject.toml"


def pdm_wishes(data: Mapping[str, Any]) -> Wishes:
    """What a parsed pyproject.toml asks of PDM. Raises NeveError with what is wrong in it."""
    problems = Problems(FILE, "mend it; `pdm info` says whether PDM takes it")
    top = Table(data, "", problems)
    development = top.table("tool").table("pdm").table("dev-dependencies")
    found = [*project_wishes(data, problems), *group_wishes(data, problems), *expanded(development)]
    extras = top.table("project").table("optional-dependencies").data
    groups = {*top.table("dependency-groups").data, *development.data}
    resolution = top.table("tool").table("pdm").table("resolution")
    overridden = resolution.table("overrides").data
    excluded = resolution.texts("excludes")
    problems.raise_any()
    return Wishes(
        file=FILE,
        wishes=found,
        extras=frozenset(map(normalized, extras)),
        groups=frozenset(map(normalized, groups)),
        overridden=frozenset(map(normalized, overridden)),
        excluded=frozenset(map(normalized, excluded)),
    )


__all__ = ["pdm_wishes"]
