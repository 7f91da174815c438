"""The workspace of uv that a project is a member of."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from neve import toml


def workspace_root(directory: Path) -> Path | None:
    """The directory of the workspace that ``directory`` is a member of, and not the root of: uv.lock lies there.

    None where it is in none. As uv looks for it: the nearest parent with ``[tool.uv.workspace]`` decides.
    """
    top = Path.resolve(directory)
    if _workspace(top) is not None:
        return None
    for parent in top.parents:
        workspace = _workspace(parent)
        if workspace is not None:
            named, excluded = (_strings(workspace.get(key)) for key in ("members", "exclude"))
            inside = any(_is_member(parent, top, pattern) for pattern in named)
            return parent if inside and not any(_is_member(parent, top, pattern) for pattern in excluded) else None
    return None


def _is_member(root: Path, directory: Path, pattern: str) -> bool:
    try:
        return any(found.resolve() == directory for found in root.glob(pattern))
    except (ValueError, NotImplementedError, OSError):
        return False  # uv says what is wrong with it


def _workspace(directory: Path) -> Mapping[str, Any] | None:
    try:
        text = (directory / "pyproject.toml").read_text(encoding="utf-8")
        if "workspace" not in text:
            return None
        found = toml.loads(text)["tool"]["uv"]["workspace"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, Mapping) else None


def _strings(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


__all__ = ["workspace_root"]
