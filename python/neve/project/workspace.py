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


def workspace_python(root: Path) -> tuple[str, str, tuple[str, ...]] | None:
    """The Pythons that all members of the workspace at ``root`` admit, as one specifier set, who says so, and the files
    of those that say any; that of uv.lock where no member does. None where nothing does.
    """
    workspace = _workspace(root) or {}
    named, excluded = (_strings(workspace.get(key)) for key in ("members", "exclude"))
    said: dict[str, str] = {}
    for directory in _members(root, named, excluded):
        requires = _table(directory / "pyproject.toml", "project").get("requires-python")
        if isinstance(requires, str):
            said[directory.relative_to(root).as_posix()] = requires
    if not said:
        locked = toml.read_if_valid(root / "uv.lock").get("requires-python")
        return (locked, "requires-python of uv.lock", ()) if isinstance(locked, str) else None
    names = [*list(said)[:3], *([f"{len(said) - 3} others"] if len(said) > 3 else [])]
    files = tuple(f"{name}/pyproject.toml" for name in said)
    return ",".join(dict.fromkeys(said.values())), f"requires-python of {', '.join(names)}", files


def _members(root: Path, named: list[str], excluded: list[str]) -> list[Path]:
    found = {path for pattern in named for path in _globbed(root, pattern) if (path / "pyproject.toml").is_file()}
    return sorted(path for path in found if not any(_is_member(root, path.resolve(), each) for each in excluded))


def _globbed(root: Path, pattern: str) -> list[Path]:
    try:
        return list(root.glob(pattern))
    except (ValueError, NotImplementedError, OSError):
        return []  # uv says what is wrong with it


def _table(path: Path, key: str) -> Mapping[str, Any]:
    found = toml.read_if_valid(path).get(key)
    return found if isinstance(found, Mapping) else {}


def _is_member(root: Path, directory: Path, pattern: str) -> bool:
    return any(found.resolve() == directory for found in _globbed(root, pattern))


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


__all__ = ["workspace_python", "workspace_root"]
