"""What uv is told about a project besides its dependencies: ``[tool.uv]`` and uv.toml, where uv looks for them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal


def workspace_root(directory: Path) -> Path:
    """The root of the uv workspace that ``directory`` is a member of; ``directory`` itself where there is none."""
    own = directory.resolve()
    for parent in (own, *own.parents):
        table = tool_uv(parent).get("workspace")
        if isinstance(table, Mapping):
            return parent if parent == own or _is_member(own, parent, table) else own
    return own


def uv_settings(directory: Path, environ: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """uv's settings for the project in ``directory``, the strongest first: the workspace's own, the user's, the
    machine's. What cannot be read is left out: uv complains of it.
    """
    if file := environ.get("UV_CONFIG_FILE"):
        return [_read(directory / file)]
    if environ.get("UV_NO_CONFIG", "").lower() in ("1", "true", "yes", "on", "y", "t"):
        return []
    home = environ.get("XDG_CONFIG_HOME") or f"{environ.get('HOME') or '/'}/.config"
    return [_nearest(workspace_root(directory)), _read(Path(home, "uv/uv.toml")), _read(Path("/etc/uv/uv.toml"))]


def default_groups(directory: Path) -> tuple[str, ...] | Literal["all"]:
    """``tool.uv.default-groups`` of the project; without it none: uv's own default, ``dev``, is for developing."""
    value = tool_uv(directory).get("default-groups")
    if value == "all":
        return "all"
    return tuple(name for name in value if isinstance(name, str)) if isinstance(value, list) else ()


def tool_uv(directory: Path) -> Mapping[str, Any]:
    """``[tool.uv]`` of the pyproject.toml in ``directory``; empty where there is none."""
    tool = _read(directory / "pyproject.toml").get("tool")
    table = tool.get("uv") if isinstance(tool, Mapping) else None
    return table if isinstance(table, Mapping) else {}


def _nearest(root: Path) -> Mapping[str, Any]:
    """uv looks upwards for the first directory that says something; uv.toml goes before [tool.uv] beside it."""
    for parent in (root, *root.parents):
        if (parent / "uv.toml").is_file():
            return _read(parent / "uv.toml")
        if table := tool_uv(parent):
            return table
    return {}


def _is_member(directory: Path, root: Path, table: Mapping[str, Any]) -> bool:
    def named(key: str) -> Iterator[Path]:
        patterns = table.get(key)
        for pattern in patterns if isinstance(patterns, list) else ():
            if isinstance(pattern, str) and pattern and not pattern.startswith("/"):
                with suppress(ValueError, OSError):  # no pattern, for uv either
                    yield from root.glob(pattern)

    return directory in named("members") and directory not in named("exclude")


def _read(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}  # missing, or uv has complained of it


__all__ = ["default_groups", "tool_uv", "uv_settings", "workspace_root"]
