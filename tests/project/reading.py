"""A project of a few files, read, and what is said of one that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.project.project import Project
from neve.project.read import read_project


def project(directory: Path, files: dict[str, str], script: str | None = None) -> Project:
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return read_project(directory, script)


def problem(directory: Path, files: dict[str, str], script: str | None = None) -> NeveError:
    with pytest.raises(NeveError) as caught:
        project(directory, files, script)
    return caught.value
