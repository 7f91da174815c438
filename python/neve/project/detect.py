"""Which kinds of project a directory holds, in their order of priority (docs/reference/projects.md)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from neve.errors import NeveError

if TYPE_CHECKING:
    from neve.project.config import Kind  # a build that has nothing to do loads no models

PYPROJECT = "pyproject.toml"
# A lock counts where what it locks is there too: one that was left behind says nothing.
_LOCKS: tuple[tuple[Kind, str, str | None], ...] = (
    ("uv", "uv.lock", PYPROJECT),
    ("pylock", "pylock.toml", None),
    ("poetry", "poetry.lock", PYPROJECT),
    ("pdm", "pdm.lock", PYPROJECT),
    ("pipenv", "Pipfile.lock", "Pipfile"),
    ("rye", "requirements.lock", PYPROJECT),
)
_TABLES: tuple[Kind, ...] = ("uv", "poetry", "pdm", "rye")
_FROM_PYPROJECT: frozenset[Kind] = frozenset({"uv", "poetry", "pdm", "rye", "hatch", "pyproject"})
_BY_UV: frozenset[Kind] = frozenset({"uv", "hatch", "pyproject"})  # which are locked by uv.lock
# Every file that alone can change what kind a directory is, or what its environment is.
MARKERS = (
    PYPROJECT,
    "neve.toml",
    ".python-version",
    *(name for _, name, _ in _LOCKS),
    "requirements-dev.lock",
    "hatch.toml",
    "uv.toml",
    "pdm.toml",
    "poetry.toml",
    "Pipfile",
    "requirements.txt",
    "setup.py",
    "setup.cfg",
)


class Found(NamedTuple):
    """A kind that is there: the file that shows it, and why, in a phrase."""

    kind: Kind
    file: str
    reason: str


class Detected(NamedTuple):
    """The kind that is taken, and the others that are there."""

    winner: Found
    passed_over: tuple[tuple[Kind, str], ...]


def detect(directory: Path, pyproject: Mapping[str, Any] | None, wanted: str | None) -> Detected:
    """The first kind that ``directory`` holds, or the ``wanted`` one; ``pyproject`` is its pyproject.toml, parsed.

    Raises NeveError where there is none, or not the wanted one.
    """
    found = list(_found(directory, pyproject or {}))
    if wanted is not None:
        winner = next((each for each in found if each.kind == wanted), None)
        if winner is None and wanted == "sources":
            winner = Found("sources", ".", "")
        if winner is None:
            raise _not_there(directory, wanted, found)
        winner = winner._replace(reason=f'project = "{wanted}" asks for it')
    elif found:
        winner = found[0]
    else:
        raise _nothing(directory)
    return Detected(winner, tuple(_others(winner, found)))


def _found(directory: Path, pyproject: Mapping[str, Any]) -> Iterator[Found]:
    def there(name: str) -> bool:
        return (directory / name).is_file()

    tool = pyproject.get("tool")
    tables = tool if isinstance(tool, Mapping) else {}
    hatch = _hatch(directory, pyproject, tables)
    yield from _locked(directory, pyproject, hatch if "uv" not in tables else None)
    for kind in _TABLES:
        # Settings of a tool make no project of its kind: there has to be something that it locks.
        if kind in tables and (kind == "poetry" or "project" in pyproject or (kind == "uv" and is_virtual(pyproject))):
            yield Found(kind, PYPROJECT, f"{PYPROJECT} has [tool.{kind}]")
    if hatch is not None:
        yield hatch
    if there("Pipfile"):
        yield Found("pipenv", "Pipfile", "Pipfile is there")
    if "project" in pyproject:
        yield Found("pyproject", PYPROJECT, f"{PYPROJECT} has [project]")
        yield Found("uv", PYPROJECT, f"{PYPROJECT} has [project]")  # uv reads any: for who asks
    for kind, name in _LATER:
        if there(name):
            yield Found(kind, name, f"{name} is there")
    plain = "neve.toml" if there("neve.toml") else next(iter(sorted(p.name for p in directory.glob("*.py"))), None)
    if plain is not None:
        yield Found("sources", plain, f"{plain} is there, and nothing that asks for packages")


def _locked(directory: Path, pyproject: Mapping[str, Any], hatch: Found | None) -> Iterator[Found]:
    """The kinds that have a lock; ``hatch`` is what uv.lock locks, where it is Hatch's."""
    root = _root(directory) if "project" in pyproject else None
    for kind, lock, manifest in _LOCKS:
        # uv locks nothing of Poetry's own tables: such a lock is of another time.
        left_behind = kind == "uv" and "project" not in pyproject and not is_virtual(pyproject)
        name = f"{root}/{lock}" if kind == "uv" and root is not None else lock  # the lock of a root is its members'
        if not (directory / name).is_file() or left_behind or (manifest and not (directory / manifest).is_file()):
            continue
        if name != lock:
            yield Found(kind, name, f"{name} is that of the workspace that it is a member of")
        elif kind == "uv" and hatch is not None:
            yield hatch._replace(reason=f"{hatch.reason}; {lock} is its lock")
        else:
            yield Found(kind, lock, f"{lock} is there")
    if root is not None:
        yield Found("uv", f"{root}/{PYPROJECT}", f"it is a member of the workspace of {root}/{PYPROJECT}")


def _hatch(directory: Path, pyproject: Mapping[str, Any], tables: Mapping[str, Any]) -> Found | None:
    table = tables.get("hatch")
    if "project" not in pyproject:
        return None
    if isinstance(table, Mapping) and "envs" in table:
        return Found("hatch", PYPROJECT, f"{PYPROJECT} has [tool.hatch.envs]")
    return Found("hatch", "hatch.toml", "hatch.toml is there") if (directory / "hatch.toml").is_file() else None


def _root(directory: Path) -> str | None:
    """The root of the workspace that ``directory`` is a member of, relative to it."""
    from neve.project.workspace import workspace_root

    root = workspace_root(directory)
    return os.path.relpath(root, directory.resolve()) if root is not None else None


def environment_files(directory: Path, kind: str, *, dev: bool) -> tuple[str, ...]:
    """What decides the environment of a project of ``kind`` in ``directory`` besides the files that show the kind: the
    lock that uv has made, and the root of its workspace; Rye's other lock, where the group ``dev`` is asked for.
    """
    if kind == "rye" and dev and (directory / "requirements-dev.lock").is_file():
        return ("requirements-dev.lock",)
    if kind not in _BY_UV:
        return ()
    root = _root(directory)
    names = ("uv.lock",) if root is None else (f"{root}/uv.lock", f"{root}/{PYPROJECT}")
    return tuple(name for name in names if (directory / name).is_file())


_LATER: tuple[tuple[Kind, str], ...] = (
    ("requirements", "requirements.txt"),
    ("setuptools", "setup.cfg"),
    ("setuptools", "setup.py"),
)


def is_virtual(pyproject: Mapping[str, Any]) -> bool:
    """Whether uv takes a pyproject.toml without ``[project]``: the root of a workspace, or groups alone."""
    tool = pyproject.get("tool")
    uv = tool.get("uv") if isinstance(tool, Mapping) else None
    return "dependency-groups" in pyproject or (isinstance(uv, Mapping) and "workspace" in uv)


def _others(winner: Found, found: list[Found]) -> Iterator[tuple[Kind, str]]:
    """Kinds that would have counted without the winner: what is one's own part of another kind is not one."""
    seen: set[Kind] = {winner.kind, "sources"}
    if winner.kind in _FROM_PYPROJECT:
        seen |= {"pyproject", "setuptools"}
    for each in found:
        by_request = each.kind == "uv" and each.reason.endswith("[project]")
        decides = winner.kind in _BY_UV and each.file.endswith("uv.lock")
        if each.kind not in seen and not by_request and not decides:
            seen.add(each.kind)
            yield each.kind, each.file


def _nothing(directory: Path) -> NeveError:
    if (directory / PYPROJECT).is_file():
        return NeveError(
            "there is no project here",
            where=f"{directory / PYPROJECT}, project",
            why="pyproject.toml has neither [project] nor [tool.poetry], and nothing else asks for packages",
            fixes=["add [project] with a name and a version, or let `uv init` write one"],
        )
    left = [lock for _, lock, manifest in _LOCKS if manifest and (directory / lock).is_file()]
    return NeveError(
        "there is no project here",
        where=str(directory),
        why=f"{' and '.join(left)}: what it locks is missing"
        if left
        else "no pyproject.toml is there, nor Pipfile, requirements.txt, setup.py, setup.cfg, neve.toml or any *.py",
        fixes=["give the project's directory with -C DIR", "or begin one: `neve init`"],
    )


def _not_there(directory: Path, wanted: str, found: list[Found]) -> NeveError:
    if wanted == "script":
        return NeveError(
            "a script is named on the command line",
            where="project",
            fixes=["neve build SCRIPT.py", 'project = "sources" takes the directory as it is'],
        )
    named = dict.fromkeys(f"{each.kind} ({each.file})" for each in found)
    return NeveError(
        f"there is no {wanted} project here",
        where=str(directory),
        why=f'project = "{wanted}" asks for one; there is {", ".join(named) or "nothing that neve knows"}',
        fixes=["name a kind that is there, or take `project` out: the first of them is taken then"],
    )


__all__ = ["MARKERS", "PYPROJECT", "Detected", "Found", "detect", "environment_files", "is_virtual"]
