"""What Poetry, PDM and Pipenv say of the project itself, beside or in place of `[project]`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from neve.foreign.constraint import pep440, poetry
from neve.foreign.marker import normalized
from neve.foreign.read import read_wishes_data
from neve.foreign.table import Problems, Table, shown

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\Z")
_ENTRY = re.compile(r"[A-Za-z0-9_.-]+\Z")
_URLS = ("homepage", "repository", "documentation")


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """Metadata by the names of PEP 621. ``name`` is None where there is none, normalized else.

    ``packaged``: the tool installs the project itself. ``requires_python`` is a specifier of PEP 440 or "" or None;
    ``requires_origin`` names who says so.
    """

    name: str | None = None
    version: str | None = None
    description: str | None = None
    requires_python: str | None = None
    requires_origin: str = "project.requires-python"
    scripts: tuple[str, ...] = ()
    urls: Mapping[str, str] = field(default_factory=dict)
    license: str | None = None
    packaged: bool = True


def metadata(kind: str, directory: Path) -> Metadata:
    """The metadata of the project in ``directory``. Raises NeveError with what is wrong in it."""
    return metadata_of(kind, read_wishes_data(kind, directory))


def metadata_of(kind: str, data: Mapping[str, Any]) -> Metadata:
    """The metadata that a parsed pyproject.toml or Pipfile gives. Raises NeveError with what is wrong in it."""
    problems = Problems("Pipfile" if kind == "pipenv" else "pyproject.toml", "mend it")
    top = Table(data, "", problems)
    if kind == "pipenv":
        found = _pipenv(top)
    elif kind == "poetry":
        found = _poetry(top)
    else:
        tool = top.table("tool").table("pdm")
        packaged = tool.flag("distribution") if "distribution" in tool else "build-system" in top
        found = _standard(top.table("project"), packaged=packaged)
    problems.raise_any()
    return found


def project_name(kind: str, data: Mapping[str, Any]) -> str | None:
    """The project's normalized name, None where it has none."""
    if kind == "pipenv":
        return None
    tables: list[Any] = [data.get("project"), data.get("tool")]
    if isinstance(tables[1], Mapping):
        tables[1] = tables[1].get("poetry")
    names = (table.get("name") for table in tables if isinstance(table, Mapping))
    return next((normalized(name) for name in names if isinstance(name, str)), None)


def python_request(kind: str, directory: Path) -> str | None:
    """The Python that the project asks for, as a specifier of PEP 440; None where nothing asks for one."""
    return metadata(kind, directory).requires_python


def _pipenv(top: Table) -> Metadata:
    requires = top.table("requires")
    full, short = requires.text("python_full_version"), requires.text("python_version")
    specifier = None
    if full or short:
        text = f"=={full}" if full else f"=={short}.*"
        key = "python_full_version" if full else "python_version"
        specifier = _specifier(requires, "", key, standard=text) if (full or short) != "*" else None
    own = any(
        isinstance(entry, Mapping) and entry.get("path") in (".", "./") for entry in top.table("packages").data.values()
    )
    return Metadata(requires_python=specifier, requires_origin="Pipfile, requires", packaged=own)


def _poetry(top: Table) -> Metadata:
    standard = _standard(top.table("project"), packaged=True)
    table = top.table("tool").table("poetry")
    packaged = table.data.get("package-mode", True) is not False
    python = table.table("dependencies").data.get("python")
    specifier, origin = standard.requires_python, standard.requires_origin
    if specifier is None and isinstance(python, Mapping):
        python = python.get("version")
    if specifier is None and isinstance(python, str):
        specifier = _specifier(table.table("dependencies"), python, "python")
        origin = "tool.poetry.dependencies.python"
    scripts = [name for name in table.table("scripts").data if isinstance(name, str) and _ENTRY.match(name)]
    urls = {key: str(table.data[key]) for key in _URLS if isinstance(table.data.get(key), str)}
    urls |= {str(key).lower(): value for key, value in table.table("urls").data.items() if isinstance(value, str)}
    return Metadata(
        name=standard.name or _name(table),
        version=standard.version or table.text("version"),
        description=standard.description or table.text("description"),
        requires_python=specifier,
        requires_origin=origin,
        scripts=tuple(sorted({*standard.scripts, *scripts})) if packaged else (),
        urls={**urls, **standard.urls},
        license=standard.license or table.text("license"),
        packaged=packaged,
    )


def _standard(project: Table, *, packaged: bool) -> Metadata:
    text = project.text("requires-python")
    if text is not None:
        try:
            pep440(text)
        except ValueError as error:
            project.problem(f"{shown(text)} is not a version specifier", "requires-python", why=str(error)[:400])
    license_ = project.data.get("license")
    scripts = [name for name in project.table("scripts").data if isinstance(name, str) and _ENTRY.match(name)]
    urls = project.table("urls").data
    return Metadata(
        name=_name(project),
        version=project.text("version"),
        description=project.text("description"),
        requires_python=text,
        scripts=tuple(sorted(scripts)) if packaged else (),
        urls={str(key).lower(): value for key, value in urls.items() if isinstance(value, str)},
        license=license_ if isinstance(license_, str) else None,
        packaged=packaged,
    )


def _name(table: Table) -> str | None:
    name = table.text("name")
    if name is None:
        return None
    if not _NAME.match(name):
        table.problem(f"{shown(name)} is not a project name", "name", why="letters, digits, '.', '_' and '-' (PEP 508)")
        return None
    return normalized(name)


def _specifier(table: Table, text: str, key: str, standard: str | None = None) -> str | None:
    """``text`` in Poetry's syntax, or ``standard``, which is of PEP 440, as a specifier of PEP 440."""
    try:
        found = pep440(standard) if standard is not None else poetry(text)
        return found.python_specifier() or None
    except ValueError as error:
        table.problem(f"{shown(table.data.get(key))} is no version of Python", key, why=str(error)[:400])
        return None


__all__ = ["Metadata", "metadata", "metadata_of", "project_name", "python_request"]
