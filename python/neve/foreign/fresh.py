"""Whether a lock still answers what the project asks for: the digests that Poetry, PDM and Pipenv keep in theirs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from neve.errors import StaleError
from neve.foreign.marker import normalized
from neve.foreign.package import ForeignLock
from neve.foreign.pipfile import SECTIONS

_PROJECT = ("requires-python", "dependencies", "optional-dependencies")
_LEGACY = ("dependencies", "source", "extras", "dev-dependencies")


def check_fresh(kind: str, lock: ForeignLock, data: Mapping[str, Any], locked: Mapping[str, Any]) -> None:
    """Raise StaleError where ``lock`` answers another pyproject.toml or Pipfile than the parsed ``data``.

    ``locked`` is the parsed lock. A lock without a digest is taken as it is.
    """
    if lock.content_hash is None:
        return
    held = lock.content_hash.rpartition(":")[2]
    try:
        expected = {_digest(content, kind) for content in _contents(kind, data, locked)}
    except (TypeError, ValueError, RecursionError, AttributeError):
        return  # what JSON cannot say; Poetry and PDM would fail themselves
    if held not in expected:
        file = "Pipfile" if kind == "pipenv" else "pyproject.toml"
        raise StaleError(
            f"{lock.file} is not fresh",
            where=lock.file,
            why=f"{file} has changed since it was written",
            fixes=[f"refresh it: `{lock.refresh}`"],
        )


def _contents(kind: str, data: Mapping[str, Any], locked: Mapping[str, Any]) -> Iterator[Any]:
    """What the digest may be of: versions of a tool differ in it."""
    if kind == "poetry":
        yield from _poetry(data)
    elif kind == "pdm":
        yield from _pdm(data)
    else:
        yield _pipfile(data, locked)


def _digest(content: Any, kind: str) -> str:
    separators = (",", ":") if kind == "pipenv" else None
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=separators).encode()).hexdigest()


def _poetry(data: Mapping[str, Any]) -> Iterator[Any]:
    project = {key: data["project"][key] for key in _PROJECT if key in data.get("project", {})}
    own = data.get("tool", {}).get("poetry", {})
    alone = {key: own.get(key) for key in _LEGACY} | ({"group": own["group"]} if "group" in own else {})
    yield alone  # Poetry 1, which knows no [project]
    for groups in (data.get("dependency-groups", {}), dict[str, Any]()):  # they count from Poetry 2.2 on
        standard = ({"project": project} if project else {}) | ({"dependency-groups": groups} if groups else {})
        if standard:
            yield standard | {"tool": {"poetry": {key: value for key, value in alone.items() if value is not None}}}


def _pdm(data: Mapping[str, Any]) -> Iterator[Any]:
    project, own = data.get("project", {}), data.get("tool", {}).get("pdm", {})
    resolution = own.get("resolution", {})
    development = own.get("dev-dependencies", {})
    merged: dict[str, list[Any]] = {}
    for groups in (data.get("dependency-groups", {}), development):
        for name, items in groups.items():
            merged[normalized(name)] = merged.get(normalized(name), []) + list(items)
    content = {
        "sources": own.get("source", []),
        "dependencies": project.get("dependencies", []),
        "optional-dependencies": project.get("optional-dependencies", {}),
        "requires-python": project.get("requires-python", ""),
    }
    for groups in (merged, development):
        yield content | {"dev-dependencies": groups, "resolution": resolution}
        yield content | {"dev-dependencies": groups, "overrides": resolution.get("overrides", {})}  # before 2.11


def _pipfile(data: Mapping[str, Any], locked: Mapping[str, Any]) -> Any:
    others = {key: value for key, value in data.items() if key not in (*SECTIONS, "packages", "dev-packages")}
    # A Pipfile without an index is given the default one, which the lock names.
    sources = data.get("source") or locked.get("_meta", {}).get("sources", [])
    return {
        "_meta": {"sources": sources, "requires": data.get("requires", {})},
        "default": data.get("packages", {}),
        "develop": data.get("dev-packages", {}),
        **{key: value for key, value in others.items() if key not in ("default", "develop")},
    }


__all__ = ["check_fresh"]
