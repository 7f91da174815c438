"""Reading a directory: the one place where files become a Project."""

from __future__ import annotations

from pathlib import Path

from neve.errors import NeveError
from neve.project.project import Project
from neve.project.pyproject import parse_toml, project_from_pyproject

_OTHER_KINDS = {
    "poetry.lock": "Poetry",
    "pdm.lock": "PDM",
    "Pipfile": "Pipenv",
    "requirements.txt": "pip",
    "setup.py": "setuptools without pyproject.toml",
}


def read_project(directory: Path) -> Project:
    """The Project in ``directory``. Raises NeveError where there is none, or where its metadata is not valid."""
    if not directory.is_dir():
        raise NeveError(
            "there is no such directory",
            where=str(directory),
            fixes=["give a project's directory with -C DIR"],
        )
    path = directory / "pyproject.toml"
    if not path.exists():
        others = [f"{name} ({kind})" for name, kind in _OTHER_KINDS.items() if (directory / name).exists()]
        raise NeveError(
            "there is no project here",
            where=str(path),
            why=f"neve reads pyproject.toml; of other kinds there is {', '.join(others)}"
            if others
            else "pyproject.toml does not exist",
            fixes=["give the project's directory with -C DIR", "or begin one: `uv init`, then `neve build`"]
            + (["`uv init --bare && uv add -r requirements.txt` makes a uv project of requirements"] if others else []),
        )
    data = parse_toml(read_text(path), where="pyproject.toml")
    pinned = directory / ".python-version"
    return project_from_pyproject(
        data, where="pyproject.toml", python_version=read_text(pinned) if pinned.is_file() else None
    )


def read_text(path: Path) -> str:
    """The UTF-8 text of ``path``. Raises NeveError where it cannot be read or is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise NeveError(
            f"{path.name} is not UTF-8", where=str(path), why=str(error), fixes=["save it as UTF-8 in an editor"]
        ) from None
    except OSError as error:
        raise NeveError(f"cannot read {path.name}", where=str(path), why=error.strerror or str(error)) from None


__all__ = ["read_project", "read_text"]
