"""uv's settings for what is installed from wheels alone: build requirements, and neve's own tools."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from neve.project.uv_settings import found_settings

# What would take wheels away from --only-binary :all:. No option and no variable of uv's outdoes them.
_FORBID = ("no-binary", "no-binary-package")
_PIP_FORBID = ("no-binary", "only-binary")
_ADDRESSES = ("index-url", "extra-index-url", "find-links")

# What uv reads in a pyproject.toml alone, and refuses in any other file.
_OF_PROJECTS = frozenset(
    {
        "build-backend",
        "conflicts",
        "default-groups",
        "dependency-groups",
        "dev-dependencies",
        "environments",
        "managed",
        "minimum-libc-version",
        "package",
        "required-environments",
        "sources",
        "workspace",
    }
)


def wheel_settings(directory: Path, environ: Mapping[str, str]) -> dict[str, Any] | None:
    """The settings of uv in ``directory`` as the data of one uv.toml that lies anywhere, without what forbids wheels:
    indexes, credentials, constraints and all else stay. None where nothing forbids any.
    """
    settings = found_settings(directory, environ)
    if not any(_forbids(table) for _, table in settings):
        return None
    merged: dict[str, Any] = {}
    for file, table in settings:
        merged = _joined(merged, _absolute(table, file.absolute().parent))
    pip = {key: value for key, value in _table(merged.get("pip")).items() if key not in _PIP_FORBID}
    kept = {key: value for key, value in merged.items() if key not in {*_FORBID, *_OF_PROJECTS, "pip"}}
    return kept | ({"pip": pip} if pip else {})


def _forbids(table: Mapping[str, Any]) -> bool:
    pip = _table(table.get("pip"))
    values = (*(table.get(key) for key in _FORBID), *(pip.get(key) for key in _PIP_FORBID))
    return any(value is True or (isinstance(value, list) and value) for value in values)  # of others uv complains


def _joined(strong: Mapping[str, Any], weak: Mapping[str, Any]) -> dict[str, Any]:
    """Two tables of settings as uv combines them: lists are joined, of other values the stronger one counts."""
    joined = {**weak, **strong}
    for key in strong.keys() & weak.keys():
        one, other = strong[key], weak[key]
        if isinstance(one, list) and isinstance(other, list):
            joined[key] = [*one, *other]
        elif isinstance(one, Mapping) and isinstance(other, Mapping):
            joined[key] = _joined(one, other)
    return joined


def _absolute(table: Mapping[str, Any], directory: Path) -> dict[str, Any]:
    """``table`` with the paths of indexes, which are relative to the file that names them, as absolute ones."""
    found = dict(table)
    for key in _ADDRESSES:
        if isinstance(value := table.get(key), list):
            found[key] = [_address(each, directory) for each in value]
        elif value is not None:
            found[key] = _address(value, directory)
    if isinstance(indexes := table.get("index"), list):
        found["index"] = [
            {**index, "url": _address(index.get("url"), directory)} if isinstance(index, Mapping) else index
            for index in indexes
        ]
    if pip := _table(table.get("pip")):
        found["pip"] = _absolute(pip, directory)
    return found


def _address(value: Any, directory: Path) -> Any:
    return str(directory / value) if isinstance(value, str) and ":" not in value.partition("/")[0] else value


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


__all__ = ["wheel_settings"]
