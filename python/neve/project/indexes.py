"""The package indexes that a project's uv asks (tool.uv, uv.toml): neve fetches from the same servers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from neve import toml
from neve.errors import NeveError

if TYPE_CHECKING:
    from neve.project.project import Project

_URL = re.compile(r"[a-z]+://\S+")
_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)\}")
# Tables and keys that hold requirements or indexes: in pyproject.toml, in a script's block, in a Pipfile.
_ASKING = ("project", "dependency-groups", "build-system", "dependencies", "source", "packages", "dev-packages")
_TOOLS = ("uv", "neve", "poetry", "pdm", "rye", "hatch")
# user:password@, or a user that is a token: forges take theirs in the place of the user.
_PASSWORD = re.compile(r"://([^/@\s:]*:[^/@\s]+|(gh[a-z]_|github_pat_|glpat-)[^/@\s:]+|[A-Za-z0-9_-]{32,})@")


class Index(NamedTuple):
    """A package index: its name, where it has one, and its URL."""

    name: str | None
    url: str


def project_indexes(directory: Path, environ: Mapping[str, str]) -> list[Index]:
    """The indexes that uv knows in ``directory``: of the project, then of the user, then of the machine."""
    home = environ.get("XDG_CONFIG_HOME") or f"{environ.get('HOME') or '/'}/.config"
    own = _read(directory / "uv.toml") or _uv_table(_read(directory / "pyproject.toml"))
    files = (Path(home, "uv/uv.toml"), Path("/etc/uv/uv.toml"))
    return [index for table in (own, *map(_read, files)) for index in _indexes(table)]


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
        return list(_indexes(_uv_table(script_metadata(read_text(directory / name), where=name) or {})))
    if project.kind in ("requirements", "rye"):
        from neve.project.requirements import lock_names, requirements_of

        asked = requirements_of(directory, *lock_names(project.kind, directory))
        texts = (*asked.urls, *(line.text for line in asked.lines))
        return [Index(None, _expanded(url, environ)) for text in texts for url in _URL.findall(text)]
    return []


def _expanded(text: str, environ: Mapping[str, str]) -> str:
    """``text`` with the values of the variables that pip and uv put in."""
    return _VARIABLE.sub(lambda match: environ.get(match[1], match[0]), text)


def password_problems(data: Mapping[str, Any], *, where: str) -> list[NeveError]:
    """An error for each password in a URL of a parsed pyproject.toml, Pipfile or script's block, which go into the
    image and into git.
    """
    texts: dict[str, str] = {}
    for key in _ASKING:
        texts |= dict(_texts(data.get(key), key))
    tool = data.get("tool")
    tables = tool if isinstance(tool, Mapping) else {}
    for name in _TOOLS:
        texts |= dict(_texts(tables.get(name), f"tool.{name}"))
    return [
        NeveError(
            "a URL holds a password",
            where=f"{where}, {key}",
            why=f"{where} becomes part of the image, and whoever has the image could read it",
            fixes=[
                "take it out of the URL; give it in ~/.netrc, or for an index with a name in UV_INDEX_<NAME>_USERNAME "
                "and UV_INDEX_<NAME>_PASSWORD"
            ],
        )
        for key, text in texts.items()
        if _PASSWORD.search(_VARIABLE.sub("", text))
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


def _uv_table(data: Mapping[str, Any]) -> Mapping[str, Any]:
    tool = data.get("tool")
    uv = tool.get("uv") if isinstance(tool, Mapping) else None
    return uv if isinstance(uv, Mapping) else {}


def _read(path: Path) -> Mapping[str, Any]:
    try:
        return toml.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # missing, or uv has complained of it


__all__ = ["Index", "indexes_of_kind", "password_problems", "project_indexes"]
