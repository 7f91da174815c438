"""setup.cfg and setup.py: what they say without being run. Dynamic values are the build backend's to learn."""

from __future__ import annotations

import ast
import configparser
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from neve.errors import NeveError, collected
from neve.project.facts import Facts
from neve.project.pyproject import LEGACY, NAME, build_system_from, script_names, specifier_problems
from neve.project.text import read_text

_LONGEST = 1 << 20  # characters
_LONGEST_PATH, _LONGEST_NAME = 1024, 255  # as file systems have them


def read_setuptools(directory: Path, pyproject: Mapping[str, Any] | None) -> Facts:
    """The facts of a project with setup.cfg or setup.py in ``directory``: setup.cfg goes before the literals of
    setup.py, as in setuptools. Raises NeveError.
    """
    cfg = _from_cfg(directory) if (directory / "setup.cfg").is_file() else {}
    setup, mentioned = _from_setup(directory) if (directory / "setup.py").is_file() else ({}, ())
    found = {**setup, **cfg}
    problems = []
    name = found.get("name")
    if name is not None and not NAME.match(name):
        problems.append(
            NeveError(
                f"{name!r} is not a project name",
                where="setup.cfg, metadata.name" if "name" in cfg else "setup.py, name",
                fixes=["letters, digits, '.', '_' and '-' (PEP 508)"],
            )
        )
    requires = found.get("python_requires")
    where = "setup.cfg, options.python_requires" if "python_requires" in cfg else "setup.py, python_requires"
    problems += specifier_problems(requires, where=where)
    if (error := collected(problems)) is not None:
        raise error
    backend = build_system_from(pyproject, where="pyproject.toml") if pyproject else None
    facts = Facts(
        name=name,
        version=found.get("version"),
        description=found.get("description"),
        requires_python=requires,
        requires_origin=where.partition(", ")[2].rpartition(".")[2],
        build_system=backend or LEGACY,
        scripts=script_names(found.get("scripts", {})),
    )
    own = [file for file in ("setup.cfg", "setup.py", "pyproject.toml") if (directory / file).is_file()]
    named = [*found.get("files", ()), *mentioned]
    inside = [file for file in named if _is_inside(file) and (directory / file).is_file()]
    return replace(facts, files=tuple(dict.fromkeys([*own, *inside])))


def is_setuptools(directory: Path) -> bool:
    """Whether ``directory`` has what setuptools alone builds from."""
    return any((directory / name).is_file() for name in ("setup.cfg", "setup.py"))


def _is_inside(name: str) -> bool:
    parts = name.split("/")
    fits = len(name) < _LONGEST_PATH and all(len(part.encode()) <= _LONGEST_NAME for part in parts)
    return bool(name) and fits and name.isprintable() and not name.startswith("/") and ".." not in parts


def parsed_cfg(directory: Path) -> configparser.ConfigParser:
    """The setup.cfg of ``directory``. Raises NeveError with the line where it is malformed."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(read_text(directory / "setup.cfg"), source="setup.cfg")
    except configparser.Error as error:
        line = getattr(error, "lineno", None)
        raise NeveError(
            "setup.cfg is not valid",
            where=f"setup.cfg:{line}" if line else "setup.cfg",
            why=str(error).replace("\n", " "),
            fixes=["mend the line: sections in brackets, `key = value` below them"],
        ) from None
    return parser


def _from_cfg(directory: Path) -> dict[str, Any]:
    parser = parsed_cfg(directory)
    found: dict[str, Any] = {"files": []}
    for section, key in (
        ("metadata", "name"),
        ("metadata", "version"),
        ("metadata", "description"),
        ("options", "python_requires"),
    ):
        value = parser.get(section, key, fallback="").strip()
        if value.startswith("file:"):
            found["files"] += [word.strip() for word in value.removeprefix("file:").split(",")]
        elif value and not value.startswith("attr:"):
            found[key] = value
    requires = parser.get("options", "install_requires", fallback="").strip()
    if requires.startswith("file:"):
        found["files"] += [word.strip() for word in requires.removeprefix("file:").split(",")]
    lines = parser.get("options.entry_points", "console_scripts", fallback="")
    if lines.strip():
        found["scripts"] = _entries(lines.splitlines())
    return found


def _entries(lines: list[str]) -> dict[str, str]:
    pairs = (line.partition("=") for line in lines)
    return {name.strip(): target.strip() for name, equals, target in pairs if equals}


def _from_setup(directory: Path) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The literal arguments of ``setup(...)``, and the names of files that setup.py mentions: it may read them."""
    text = read_text(directory / "setup.py")
    if len(text) > _LONGEST:
        return {}, ()
    try:
        tree = ast.parse(text)
        constants = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        raise NeveError(
            "setup.py is not Python",
            where=f"setup.py:{line}" if line else "setup.py",
            why=str(getattr(error, "msg", None) or error or "it is nested too deeply"),
            fixes=["mend the line"],
        ) from None
    names = {value for value in constants if isinstance(value, str) and 0 < len(value) < 200 and "\0" not in value}
    values = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found: dict[str, Any] = {}
    for call in _setup_calls(tree):
        for keyword in call.keywords:
            value = keyword.value
            value = values.get(value.id, value) if isinstance(value, ast.Name) else value
            if keyword.arg in ("name", "version", "description", "python_requires"):
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    found[keyword.arg] = value.value
            elif keyword.arg == "entry_points":
                found["scripts"] = _entry_points(value)
    return found, tuple(sorted(names))


def _setup_calls(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", None)
            if name == "setup":
                yield node


def _entry_points(node: ast.expr) -> dict[str, str]:
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return {}
    if isinstance(value, str):  # the text of entry_points.txt
        parser = configparser.ConfigParser(interpolation=None, strict=False, delimiters=("=",))
        parser.optionxform = str  # type: ignore[assignment,method-assign]
        try:
            parser.read_string(value)
        except configparser.Error:
            return {}
        return dict(parser["console_scripts"]) if parser.has_section("console_scripts") else {}
    lines = value.get("console_scripts", ()) if isinstance(value, dict) else ()
    lines = lines.splitlines() if isinstance(lines, str) else lines
    if not isinstance(lines, list | tuple):
        return {}
    return _entries([line for line in lines if isinstance(line, str)])


__all__ = ["is_setuptools", "parsed_cfg", "read_setuptools"]
