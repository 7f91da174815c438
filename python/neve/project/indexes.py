"""The package indexes that a project's uv asks (tool.uv, uv.toml): neve fetches from the same servers."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from neve.errors import NeveError

_PASSWORD = re.compile(r"://[^/@\s:]*:[^/@\s]+@")


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


def password_problems(data: Mapping[str, Any], *, where: str) -> list[NeveError]:
    """An error for each password in a URL of a parsed pyproject.toml, which goes into the image and into git."""
    texts = dict(_texts(_uv_table(data), "tool.uv"))
    for key in ("project", "dependency-groups", "build-system"):
        texts |= dict(_texts(data.get(key), key))
    tool = data.get("tool")
    neve = tool.get("neve") if isinstance(tool, Mapping) else None
    texts |= dict(_texts(neve, "tool.neve"))
    return [
        NeveError(
            "a URL holds a password",
            where=f"{where}, {key}",
            why="pyproject.toml becomes part of the image, and whoever has the image could read it",
            fixes=[
                "take it out of the URL; give it in ~/.netrc, or for an index with a name in UV_INDEX_<NAME>_USERNAME "
                "and UV_INDEX_<NAME>_PASSWORD"
            ],
        )
        for key, text in texts.items()
        if _PASSWORD.search(text)
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
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}  # missing, or uv has complained of it


__all__ = ["Index", "password_problems", "project_indexes"]
