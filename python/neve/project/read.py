"""Reading a directory: the one place where files become a Project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from neve.errors import NeveError, collected
from neve.project.detect import PYPROJECT, Found, detect, environment_files, is_virtual
from neve.project.facts import Facts, name_of
from neve.project.indexes import file_problems, password_problems
from neve.project.make import make_project, read_config
from neve.project.project import Project
from neve.project.pyproject import facts_from_pyproject, no_project_table, parse_toml, settings_of, specifier_problems
from neve.project.text import read_text
from neve.project.workspace import workspace_python

_FOREIGN = ("poetry", "pdm", "pipenv")


def read_project(directory: Path, script: str | None = None) -> Project:
    """The Project in ``directory``, or that of the ``script`` in it.

    Raises NeveError where there is none, or where its metadata is not valid.
    """
    if not directory.is_dir():
        raise NeveError(
            "there is no such directory",
            where=str(directory),
            fixes=["give a project's directory with -C DIR"],
        )
    pinned = directory / ".python-version"
    python_version = read_text(pinned) if pinned.is_file() else None
    if script is not None:
        from neve.project.script import read_script

        return read_script(directory, script, python_version)
    pyproject = _parsed(directory, PYPROJECT)
    settings, where, prefix = _settings(directory, pyproject)
    config, problems = read_config(settings, where=where, prefix=prefix)
    detected = detect(directory, pyproject, config.project)
    facts = Facts()
    try:
        facts = _facts(directory, detected.winner, pyproject)
    except NeveError as error:
        problems.append(error)
    if not problems:  # what is of the project's kind has been read, and holds none
        problems += file_problems(directory, ())
    if (found := collected(problems)) is not None:
        raise found
    return make_project(
        detected.winner.kind,
        facts,
        config,
        name=name_of(directory.resolve()),
        python_version=python_version,
        detected=detected,
        files=(
            *environment_files(directory, detected.winner.kind, dev=bool(config.groups)),
            *(name for name in (PYPROJECT, "neve.toml", ".python-version") if (directory / name).is_file()),
        ),
    )


def _parsed(directory: Path, name: str) -> dict[str, Any] | None:
    path = directory / name
    return parse_toml(read_text(path), where=name) if path.exists() else None


def _settings(directory: Path, pyproject: Mapping[str, Any] | None) -> tuple[Mapping[str, Any], str, str]:
    """The configuration, its file, and where in it the configuration lies. Raises NeveError where there are two."""
    own = settings_of(pyproject or {}, where=PYPROJECT)
    alone = _parsed(directory, "neve.toml")
    if alone is None:
        return own, PYPROJECT, "tool.neve"
    if own:
        raise NeveError(
            "the configuration is in two places",
            where="neve.toml and pyproject.toml, tool.neve",
            why="neve would have to guess which of them counts",
            fixes=["move what neve.toml says to [tool.neve] in pyproject.toml, and remove neve.toml"],
        )
    return alone, "neve.toml", ""


def _facts(directory: Path, winner: Found, pyproject: Mapping[str, Any] | None) -> Facts:
    """What the files of the ``winner`` say. Raises NeveError."""
    kind = winner.kind
    if kind in _FOREIGN:
        from neve.project.foreign import read_foreign

        problems = password_problems(pyproject or {}, where=PYPROJECT)
        if kind == "pipenv":
            problems += password_problems(_parsed(directory, "Pipfile") or {}, where="Pipfile")
        if (found := collected(problems)) is not None:
            raise found
        return read_foreign(kind, directory, pyproject)
    if kind == "setuptools":
        from neve.project.setuptools import read_setuptools

        return read_setuptools(directory, pyproject)
    if kind == "requirements":
        from neve.project.requirements import read_requirements_project

        return read_requirements_project(directory, pyproject)
    facts = facts_from_pyproject(pyproject or {}, where=PYPROJECT)
    if facts.name is not None and kind != "sources":
        return facts
    if kind in ("sources", "pylock") or (kind == "uv" and is_virtual(pyproject or {})):
        of_members = workspace_python(directory) if kind == "uv" else None
        if of_members is not None:
            requires, origin, files = of_members
            if wrong := specifier_problems(requires, where=origin):
                raise wrong[0]
            facts = replace(facts, requires_python=requires, requires_origin=origin, files=files)
        return replace(facts, build_system=None, scripts=())
    raise no_project_table(PYPROJECT)


__all__ = ["read_project", "read_text"]
