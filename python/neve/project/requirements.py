"""requirements.txt: a project of sources, or a package where its files ask for the directory itself."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from neve.errors import NeveError
from neve.project.facts import Facts
from neve.project.pyproject import LEGACY, facts_from_pyproject
from neve.project.text import read_text
from neve.requirements.parse import Requirements, read_requirements

NAME = "requirements.txt"


def lock_names(kind: str, directory: Path) -> tuple[str, ...]:
    """The requirements files that a project of ``kind`` begins with, those that are there."""
    names = (NAME,) if kind == "requirements" else ("requirements.lock", "requirements-dev.lock")
    return tuple(name for name in names if (directory / name).is_file())


def requirements_of(directory: Path, *names: str) -> Requirements:
    """The requirements files ``names`` of ``directory``, with all that they include. Raises NeveError."""

    def read(name: str) -> str:
        try:
            return read_text(directory / name)
        except NeveError as error:
            if error.where == str(directory / name):
                error.where = os.path.normpath(directory.resolve() / name)
            raise

    return read_requirements(names, read)


def read_requirements_project(directory: Path, pyproject: Mapping[str, Any] | None) -> Facts:
    """The facts of a project of requirements files. Raises NeveError."""
    found = requirements_of(directory, NAME)
    facts = facts_from_pyproject(pyproject or {}, where="pyproject.toml")
    if not any(line.is_project(str(directory.absolute())) for line in found.lines if not line.constraint):
        return replace(facts, build_system=None, scripts=(), files=found.files)
    from neve.project.setuptools import is_setuptools, read_setuptools

    if facts.name is None and is_setuptools(directory):
        facts = read_setuptools(directory, pyproject)
    return replace(facts, build_system=facts.build_system or LEGACY, files=(*found.files, *facts.files))


__all__ = ["NAME", "lock_names", "read_requirements_project", "requirements_of"]
