"""What uv is told about a project besides its dependencies: ``[tool.uv]`` and uv.toml, where uv looks for them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from neve.toml import read_if_valid

# What uv takes for yes in the environment.
TRUE = frozenset({"1", "true", "yes", "on", "y", "t"})

# What of the environment decides which settings there are, and what is built (no-binary, no-build).
VARIABLES = (
    "UV_CONFIG_FILE",
    "UV_NO_CONFIG",
    "XDG_CONFIG_HOME",
    "UV_NO_BINARY",
    "UV_NO_BINARY_PACKAGE",
    "UV_NO_BUILD",
    "UV_NO_BUILD_PACKAGE",
)


def uv_settings(directory: Path, environ: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """uv's settings for the project in ``directory``, the strongest first: the workspace's own, the user's, the
    machine's. What cannot be read is left out: uv complains of it.
    """
    return [table for _, table in found_settings(directory, environ)]


def found_settings(directory: Path, environ: Mapping[str, str]) -> list[tuple[Path, Mapping[str, Any]]]:
    """What :func:`uv_settings` gives, each table with the file that it is in."""
    if file := environ.get("UV_CONFIG_FILE"):
        return [(directory / file, read_if_valid(directory / file))]
    if environ.get("UV_NO_CONFIG", "").lower() in TRUE:
        return []
    own = ((parent / "uv.toml", table) for parent in _upwards(directory) if (table := _own(parent)) is not None)
    return [
        *([first] if (first := next(own, None)) else []),
        *((file, read_if_valid(file)) for file in _shared(environ)),
    ]


def own_settings(directory: Path) -> Mapping[str, Any]:
    """Those settings that are of the project's or of a directory above it: no user's, no machine's."""
    return next((table for parent in _upwards(directory) if (table := _own(parent)) is not None), {})


def settings_files(directory: Path, environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Where :func:`uv_settings` looks, whether there is a file or not."""
    if file := environ.get("UV_CONFIG_FILE"):
        return (directory / file,)
    found: list[Path] = []
    for parent in _upwards(directory):
        found += (parent / "uv.toml", parent / "pyproject.toml")
        if _own(parent) is not None:
            break
    return (*found, *_shared(environ))


def default_groups(directory: Path) -> tuple[str, ...] | Literal["all"]:
    """``tool.uv.default-groups`` of the project; without it none: uv's own default, ``dev``, is for developing."""
    value = tool_uv(directory).get("default-groups")
    if value == "all":
        return "all"
    return tuple(name for name in value if isinstance(name, str)) if isinstance(value, list) else ()


def tool_uv(directory: Path) -> Mapping[str, Any]:
    """``[tool.uv]`` of the pyproject.toml in ``directory``; empty where there is none."""
    return uv_table(read_if_valid(directory / "pyproject.toml"))


def uv_table(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """``[tool.uv]`` of a parsed pyproject.toml, or of a script's metadata; empty where there is none."""
    tool = data.get("tool")
    table = tool.get("uv") if isinstance(tool, Mapping) else None
    return table if isinstance(table, Mapping) else {}


def _upwards(directory: Path) -> tuple[Path, ...]:
    """Where uv looks for the first directory that says something: the workspace's root and what is above it."""
    from neve.project.workspace import workspace_root

    root = workspace_root(directory) or directory.resolve()
    return (root, *root.parents)


def _own(directory: Path) -> Mapping[str, Any] | None:
    """What ``directory`` says; uv.toml goes before [tool.uv] beside it. None where it says nothing."""
    return read_if_valid(directory / "uv.toml") if (directory / "uv.toml").is_file() else tool_uv(directory) or None


def _shared(environ: Mapping[str, str]) -> tuple[Path, Path]:
    home = environ.get("XDG_CONFIG_HOME") or f"{environ.get('HOME') or '/'}/.config"
    return Path(home, "uv/uv.toml"), Path("/etc/uv/uv.toml")


__all__ = [
    "TRUE",
    "VARIABLES",
    "default_groups",
    "found_settings",
    "own_settings",
    "settings_files",
    "tool_uv",
    "uv_settings",
    "uv_table",
]
