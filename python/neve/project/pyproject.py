"""pyproject.toml as a Project (PEP 518, PEP 621). Foreign tables are read where neve needs them, else left alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from neve import toml
from neve.errors import NeveError, collected
from neve.project.facts import Facts
from neve.project.indexes import password_problems
from neve.project.make import make_project, read_config
from neve.project.project import BuildSystem, Project

NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\Z")
_ENTRY = re.compile(r"[A-Za-z0-9_.-]+\Z")
# What PEP 517 has a frontend use for a project that names no backend.
LEGACY = BuildSystem(requires=("setuptools",), backend="setuptools.build_meta:__legacy__")
_BACKEND = re.compile(r"[A-Za-z_][\w.]*(:[A-Za-z_][\w.]*)?\Z")


def parse_toml(text: str, *, where: str) -> dict[str, Any]:
    """``text`` as TOML. Raises NeveError with the line where it is malformed."""
    try:
        return toml.loads(text)
    except ValueError as error:
        line = re.search(r"at line (\d+)", str(error))
        at_end = f":{text.count(chr(10)) + 1}" if "at end of document" in str(error) else ""
        place = f"{where}:{line[1]}" if line else f"{where}{at_end}"
        raise NeveError(
            f"{where} is not valid TOML",
            where=place,
            why=str(error),
            fixes=["mend the line; https://toml.io shows the syntax"],
        ) from None


def project_from_pyproject(data: Mapping[str, Any], *, where: str, python_version: str | None = None) -> Project:
    """The Project of a parsed pyproject.toml as uv reads it; ``python_version`` is the text of ``.python-version``.

    Raises NeveError with all that is wrong in ``[project]``, ``[build-system]`` and ``[tool.neve]``.
    """
    table = _table(data, "project", where)
    if table is None:
        raise no_project_table(where)
    config, problems = read_config(settings_of(data, where=where), where=where, prefix="tool.neve")
    facts = Facts()
    try:
        facts = facts_from_pyproject(data, where=where)
    except NeveError as error:
        problems.append(error)
    if (found := collected(problems)) is not None:
        raise found
    return make_project("uv", facts, config, name="", python_version=python_version)


def facts_from_pyproject(data: Mapping[str, Any], *, where: str) -> Facts:
    """What ``[project]`` (PEP 621) and ``[build-system]`` say; without ``[project]`` there is no name.

    Raises NeveError with all that is wrong.
    """
    table = _table(data, "project", where) or {}
    problems = password_problems(data, where=where)
    name = table.get("name")
    if "project" in data and (not isinstance(name, str) or not NAME.match(name)):
        problems.append(
            NeveError(
                f"{name!r} is not a project name",
                where=f"{where}, project.name",
                fixes=["letters, digits, '.', '_' and '-' (PEP 508)"],
            )
        )
    requires = table.get("requires-python")
    problems += specifier_problems(requires, where=f"{where}, project.requires-python")
    build_system = None
    try:
        build_system = build_system_from(data, where=where)
    except NeveError as error:
        problems.append(error)
    if (found := collected(problems)) is not None:
        raise found
    scripts = table.get("scripts", {})
    tool = data.get("tool", {})
    if _uv_package(tool) is True and build_system is None:
        build_system = LEGACY
    packaged = build_system is not None and _is_package(tool)
    version = table.get("version")
    return Facts(
        name=name if isinstance(name, str) else None,
        version=version if isinstance(version, str) else None,
        description=table["description"] if isinstance(table.get("description"), str) else None,
        requires_python=requires,
        build_system=build_system if packaged else None,
        scripts=script_names(scripts) if packaged else (),
        urls={str(k).lower(): str(v) for k, v in table.get("urls", {}).items()}
        if isinstance(table.get("urls", {}), Mapping)
        else {},
        license=table["license"] if isinstance(table.get("license"), str) else None,
    )


def settings_of(data: Mapping[str, Any], *, where: str) -> Mapping[str, Any]:
    """``[tool.neve]`` of a parsed pyproject.toml or script's block; empty where there is none. Raises NeveError."""
    tool = data.get("tool", {})
    settings = tool.get("neve", {}) if isinstance(tool, Mapping) else {}
    if not isinstance(settings, Mapping):
        raise NeveError("tool.neve is not a table", where=f"{where}, tool.neve")
    return settings


def no_project_table(where: str) -> NeveError:
    """The error for a pyproject.toml that has to have ``[project]``."""
    return NeveError(
        "there is no [project] table",
        where=where,
        why="it says the project's name, its Python and its dependencies (PEP 621)",
        fixes=["add [project] with a name and a version, or let `uv init` write one"],
    )


def script_names(scripts: Any) -> tuple[str, ...]:
    """The names of console scripts in a table of them, sorted; others than entry points may have are left out."""
    if not isinstance(scripts, Mapping):
        return ()
    return tuple(sorted(name for name in scripts if isinstance(name, str) and _ENTRY.match(name)))


def _is_package(tool: Any) -> bool:
    """Whether a project with a build system is one to install, by the tables of the tools that can say no."""
    tables = tool if isinstance(tool, Mapping) else {}

    def said(name: str, key: str) -> Any:
        table = tables.get(name)
        return table.get(key) if isinstance(table, Mapping) else None

    return (
        said("uv", "package") is not False
        and said("pdm", "distribution") is not False
        and said("poetry", "package-mode") is not False
        and said("rye", "virtual") is not True
    )


def _uv_package(tool: Any) -> Any:
    """``tool.uv.package``: whether uv installs the project itself; where it is not said, the build system decides."""
    uv = tool.get("uv", {}) if isinstance(tool, Mapping) else {}
    return uv.get("package") if isinstance(uv, Mapping) else None


def _table(data: Mapping[str, Any], key: str, where: str) -> Mapping[str, Any] | None:
    value = data.get(key)
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise NeveError(f"{key} is not a table", where=f"{where}, {key}")
    return value


def build_system_from(data: Mapping[str, Any], *, where: str) -> BuildSystem | None:
    """``[build-system]`` of a parsed pyproject.toml; None where there is none. Raises NeveError for a malformed one."""
    table = _table(data, "build-system", where)
    if table is None:
        return None
    requires = table.get("requires", [])
    backend = table.get("build-backend", LEGACY.backend)
    paths = table.get("backend-path", [])
    for key, value in (("requires", requires), ("backend-path", paths)):
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise NeveError(f"build-system.{key} is not a list of strings", where=f"{where}, build-system.{key}")
    if not isinstance(backend, str) or not _BACKEND.match(backend):
        raise NeveError(
            f"{backend!r} is no build backend",
            where=f"{where}, build-system.build-backend",
            fixes=["give it as module or module:object (PEP 517)"],
        )
    if any(path.startswith("/") or ".." in path.split("/") for path in paths):
        raise NeveError(
            "build-system.backend-path leaves the project",
            where=f"{where}, build-system.backend-path",
            why="PEP 517 wants paths inside the source tree",
        )
    if "build-backend" not in table:
        requires = [
            *requires,
            *(["setuptools"] if not any(r.startswith("setuptools") for r in requires) else []),
        ]
    return BuildSystem(requires=tuple(requires), backend=backend, backend_path=tuple(paths))


def specifier_problems(requires: Any, *, where: str) -> list[NeveError]:
    """What is wrong with ``requires`` as a version specifier (PEP 440); None is none."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    if requires is None:
        return []
    try:
        if not isinstance(requires, str):  # SpecifierSet takes other things too
            raise InvalidSpecifier
        SpecifierSet(requires).contains("3")
    except ValueError:  # InvalidSpecifier, or numbers of thousands of digits
        return [
            NeveError(
                f"{requires!r} is not a version specifier",
                where=where,
                fixes=['write it like ">=3.11" (PEP 440)'],
            )
        ]
    return []


__all__ = [
    "LEGACY",
    "NAME",
    "build_system_from",
    "facts_from_pyproject",
    "no_project_table",
    "parse_toml",
    "project_from_pyproject",
    "script_names",
    "settings_of",
    "specifier_problems",
]
