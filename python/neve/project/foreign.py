"""Projects of Poetry, PDM and Pipenv: what their own tables say of the project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from neve import foreign
from neve.project.config import Kind
from neve.project.facts import Facts
from neve.project.project import BuildSystem
from neve.project.pyproject import LEGACY, build_system_from, facts_from_pyproject

# What Poetry builds with where nothing else is named.
_POETRY = BuildSystem(requires=("poetry-core",), backend="poetry.core.masonry.api")


def read_foreign(kind: Kind, directory: Path, pyproject: Mapping[str, Any] | None) -> Facts:
    """The facts of the project of ``kind`` in ``directory``. Raises NeveError."""
    if kind == "pdm":
        data = pyproject or {}
        facts = facts_from_pyproject(data, where="pyproject.toml")
        return _with_files(facts, kind, directory)
    found = foreign.metadata(kind, directory)
    build_system = build_system_from(pyproject or {}, where="pyproject.toml")
    fallback = _POETRY if kind == "poetry" else LEGACY
    facts = Facts(
        name=found.name,
        version=found.version,
        description=found.description,
        requires_python=found.requires_python or None,
        requires_origin=found.requires_origin,
        build_system=(build_system or fallback) if found.packaged else None,
        scripts=found.scripts if found.packaged else (),
        urls=found.urls,
        license=found.license,
    )
    return _with_files(facts, kind, directory)


def _with_files(facts: Facts, kind: Kind, directory: Path) -> Facts:
    return replace(facts, files=foreign.lock_files(kind, directory))


__all__ = ["read_foreign"]
