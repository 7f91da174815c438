"""The package indexes that a project's uv asks (tool.uv, uv.toml): neve fetches from the same servers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from neve.errors import NeveError
from neve.fetch.variables import filled, holds_password, misplaced_variable
from neve.project.uv_settings import tool_uv, uv_settings, uv_table

if TYPE_CHECKING:
    from neve.project.project import Project

_URL = re.compile(r"[a-z]+://\S+")
# Tables and keys that hold requirements: in pyproject.toml, in a script's block.
_ASKING = ("project", "dependency-groups", "build-system", "dependencies")
_TOOLS = ("uv", "neve", "poetry", "pdm", "rye", "hatch")
# What else of the top of a project may name servers, and becomes part of the image.
_FILES = (
    "uv.toml",
    "neve.toml",
    "pdm.toml",
    "pip.conf",
    "Pipfile",
    "Pipfile.lock",
    "poetry.lock",
    "pdm.lock",
    "requirements.txt",
    "requirements.lock",
    "requirements-dev.lock",
)
_REMEDY = (
    "take it out of the URL; give it in ~/.netrc, or for an index with a name in UV_INDEX_<NAME>_USERNAME "
    "and UV_INDEX_<NAME>_PASSWORD"
)


class Index(NamedTuple):
    """A package index: its name, where it has one, and its URL."""

    name: str | None
    url: str


def project_indexes(directory: Path, environ: Mapping[str, str]) -> list[Index]:
    """The indexes that uv knows in ``directory``: those of its settings (the workspace's, the user's, the machine's),
    then those that the project and its workspace define for their sources, whatever the settings are.
    """
    from neve.project.workspace import workspace_root

    root = workspace_root(directory)
    defined = (tool_uv(directory), *([] if root is None else [tool_uv(root)]))
    tables = (*uv_settings(directory, environ), *defined)
    return list(dict.fromkeys(index for table in tables for index in _indexes(table)))


def indexes_of_kind(project: Project, directory: Path, environ: Mapping[str, str]) -> list[Index]:
    """The servers that the files of a project's kind name besides uv's, with what ``environ`` has for the variables in
    their URLs. Raises NeveError.
    """
    if project.kind in ("poetry", "pdm", "pipenv"):
        from neve import foreign

        return [Index(name, url) for name, url in foreign.indexes(project.kind, directory, environ)]
    if project.kind == "script":
        from neve.project.script import script_metadata
        from neve.project.text import read_text

        name = project.files[0]
        return list(_indexes(uv_table(script_metadata(read_text(directory / name), where=name) or {})))
    if project.kind in ("requirements", "rye"):
        from neve.project.requirements import lock_names, requirements_of

        asked = requirements_of(directory, *lock_names(project.kind, directory))
        texts = (*asked.urls, *(line.text for line in asked.lines))
        return [Index(None, filled(url, environ)) for text in texts for url in _URL.findall(text)]
    return []


def password_problems(data: Mapping[str, Any], *, where: str) -> list[NeveError]:
    """An error for each password in a URL of a parsed pyproject.toml, Pipfile or script's block, which go into the
    image and into git; and for each variable of a requirement that uv would put a value in for, which goes into locks.
    """
    bare = where == "Pipfile"
    texts: dict[str, str] = {}
    for key in data if bare else _ASKING:  # a Pipfile's categories have any name
        texts |= dict(_texts(data.get(key), key))
    misplaced = [] if bare else [(key, found) for key, text in texts.items() if (found := misplaced_variable(text))]
    tool = data.get("tool")
    tables = tool if isinstance(tool, Mapping) else {}
    for name in _TOOLS:
        texts |= dict(_texts(tables.get(name), f"tool.{name}"))
    return [
        NeveError(
            "a URL holds a password",
            where=f"{where}, {key}",
            why=f"{where} becomes part of the image, and whoever has the image could read it",
            fixes=[_REMEDY],
        )
        for key, text in texts.items()
        if holds_password(text, bare=bare)
    ] + [
        NeveError(
            f"{variable} stands where it would be written down",
            where=f"{where}, {key}",
            why="what it stands for would become part of a lock, which is committed",
            fixes=["write the URL out; give a user and a password in ~/.netrc"],
        )
        for key, variable in misplaced
    ]


def file_problems(directory: Path, known: Collection[str]) -> list[NeveError]:
    """An error for each password in a URL of the files at the top of ``directory`` that name servers and are among the
    project's own; but those that are ``known`` are read elsewhere. Raises NeveError as :func:`source_files` does.
    """
    found: list[tuple[str, int]] = []
    for name in _FILES:
        path = directory / name
        if name in known or not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue  # whoever needs it says so
        bare = name.startswith("Pipfile")
        if holds_password(text, bare=bare):
            lines = enumerate(text.splitlines(), 1)
            found += [(name, number) for number, line in lines if holds_password(line, bare=bare)]
    if not found:
        return []
    from neve.project.sources import source_files

    own = source_files(directory)
    return [
        NeveError(
            "a URL holds a password",
            where=f"{name}:{number}",
            why=f"{name} becomes part of the image, and whoever has the image could read it",
            fixes=[_REMEDY, f"or let .gitignore name {name}: what git ignores stays out of the image"],
        )
        for name, number in found
        if name in own
    ]


def _texts(value: Any, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _texts(item, f"{key}.{name}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _texts(item, f"{key}[{number}]")


def _indexes(table: Mapping[str, Any]) -> Iterator[Index]:
    for entry in table.get("index") or ():
        if isinstance(entry, Mapping) and isinstance(entry.get("url"), str):
            name = entry.get("name")
            yield Index(name if isinstance(name, str) else None, entry["url"])
    pip = table.get("pip")
    for source in (table, pip if isinstance(pip, Mapping) else {}):
        for key in ("index-url", "extra-index-url", "find-links"):
            value = source.get(key)
            for url in value if isinstance(value, list) else [value]:
                if isinstance(url, str):
                    yield Index(None, url)


__all__ = ["Index", "file_problems", "indexes_of_kind", "password_problems", "project_indexes"]
