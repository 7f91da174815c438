"""The version that a directory's metadata says without being built."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from neve.errors import NeveError
from neve.project.pyproject import parse_toml
from neve.project.setuptools import parsed_cfg
from neve.project.text import read_text


def static_version(directory: Path) -> str | None:
    """The version that pyproject.toml (PEP 621, or Poetry's own table) or setup.cfg in ``directory`` spells out, in its
    normal form (PEP 440); None where its build alone knows it, and where the metadata cannot be read.
    """
    from packaging.version import InvalidVersion, Version

    try:
        said = _said(directory)
        return str(Version(said)) if isinstance(said, str) else None
    except (NeveError, InvalidVersion):
        return None


def _said(directory: Path) -> Any:
    path = directory / "pyproject.toml"
    data = parse_toml(read_text(path), where=path.name) if path.is_file() else {}
    project, tool = _table(data, "project"), _table(data, "tool")
    if "version" in project:
        return project["version"]
    poetry = _table(tool, "poetry")
    if "version" in poetry:
        # Its plugin puts another one in this one's place.
        return None if "poetry-dynamic-versioning" in tool else poetry["version"]
    backend = _table(data, "build-system").get("build-backend", "setuptools")
    if poetry or not str(backend).startswith("setuptools") or not (directory / "setup.cfg").is_file():
        return None
    said = parsed_cfg(directory).get("metadata", "version", fallback="").strip()
    return None if said.startswith(("attr:", "file:")) else said


def _table(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = data.get(key)
    return found if isinstance(found, Mapping) else {}


__all__ = ["static_version"]
