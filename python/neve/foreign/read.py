"""Reading the files of a project of Poetry, PDM or Pipenv."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from neve.errors import DefectError, NeveError
from neve.foreign.package import ForeignLock, Wishes
from neve.project.pyproject import parse_toml
from neve.project.text import read_text

Kind = Literal["poetry", "pdm", "pipenv"]
_LOCKS = {"poetry": "poetry.lock", "pdm": "pdm.lock", "pipenv": "Pipfile.lock"}
_REFRESH = {"poetry": "poetry lock", "pdm": "pdm lock", "pipenv": "pipenv lock"}


def lock_name(kind: str) -> str:
    """The lock's file name. Raises DefectError for a kind that has none."""
    if kind not in _LOCKS:
        raise DefectError(f"{kind} is no kind that has a lock of its own")
    return _LOCKS[kind]


def lock_files(kind: str, directory: Path) -> tuple[str, ...]:
    """The files of ``directory`` that decide what is installed, the lock first, those that are there."""
    wishes = ("Pipfile",) if kind == "pipenv" else ("pyproject.toml",)
    return tuple(name for name in (lock_name(kind), *wishes) if (directory / name).is_file())


def read_wishes_data(kind: str, directory: Path) -> dict[str, Any]:
    """The parsed Pipfile or pyproject.toml; an empty one where there is none. Raises NeveError."""
    name = "Pipfile" if kind == "pipenv" else "pyproject.toml"
    path = directory / name
    return parse_toml(read_text(path), where=name) if path.is_file() else {}


def read_lock_data(kind: str, directory: Path) -> dict[str, Any]:
    """The parsed lock. Raises NeveError for one that is malformed."""
    name = lock_name(kind)
    text = read_text(directory / name)
    if kind != "pipenv":
        try:
            return parse_toml(text, where=name)
        except NeveError as error:
            raise NeveError(error.what, where=error.where, why=error.why, fixes=_anew(kind)) from None
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        place = f"{name}:{line}" if line else name
        raise NeveError(f"{name} is not valid JSON", where=place, why=why, fixes=_anew(kind)) from None
    if not isinstance(data, dict):
        raise NeveError(f"{name} is not valid", where=name, why="it holds no table", fixes=_anew(kind))
    return data


def foreign_lock(kind: str, data: Mapping[str, Any]) -> ForeignLock:
    """The lock that the parsed ``data`` is. Raises NeveError with what is wrong in it."""
    if kind == "poetry":
        from neve.foreign.poetry_lock import poetry_lock

        return poetry_lock(data)
    if kind == "pdm":
        from neve.foreign.pdm_lock import pdm_lock

        return pdm_lock(data)
    from neve.foreign.pipfile_lock import pipfile_lock

    return pipfile_lock(data)


def foreign_wishes(kind: str, data: Mapping[str, Any]) -> Wishes:
    """What the parsed ``data`` of a pyproject.toml or Pipfile asks for. Raises NeveError with what is wrong in it."""
    if kind == "poetry":
        from neve.foreign.poetry_project import poetry_wishes

        return poetry_wishes(data)
    if kind == "pdm":
        from neve.foreign.pdm_project import pdm_wishes

        return pdm_wishes(data)
    from neve.foreign.pipfile import pipfile_wishes

    return pipfile_wishes(data)


def _anew(kind: str) -> list[str]:
    return ["take it back from version control", f"or write it anew: `{_REFRESH[kind]}`"]


__all__ = ["Kind", "foreign_lock", "foreign_wishes", "lock_files", "lock_name", "read_lock_data", "read_wishes_data"]
