"""Which files of a directory are the project's own."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from neve.errors import NeveError, collected
from neve.project.detect import MARKERS
from neve.resources import nix_library

_LINKS = 40  # as many as the kernel follows
_GIT = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"})


def source_files(directory: Path) -> tuple[str, ...]:
    """The project's files, relative and sorted: what git tracks or would track, else every file; never what
    belongs to tools (nix/common/ignored.json, which the rendered flake goes by as well).

    Raises NeveError with every name that cannot go into a store path, and every file that cannot be read or is none.
    """
    names = _from_git(directory)
    if names is None:
        names = _walked(directory)
    files = sorted(name for name in names if not _ignored(name))
    problem = collected(filter(None, (_problem(directory, name) for name in files)))
    if problem is not None:
        raise problem
    return tuple(files)


def must_stay_inside(directory: Path, names: Sequence[str]) -> None:
    """Hold the files ``names`` of a directory that is built to have no link that leads out of it: a build would take
    a file of the sandbox. Raises NeveError with all that do.
    """
    # A Path for each of thousands of files takes time.
    links = {
        name: os.readlink(path)  # noqa: PTH115
        for name in names
        if os.path.islink(path := os.path.join(directory, name))  # noqa: PTH114, PTH118
    }
    problem = collected(
        NeveError(
            "a link leads out of a directory that is built",
            where=os.path.normpath(directory / name),
            why=f"it points to {target!r}: the build is in a sandbox, which has the files of the directory alone",
            fixes=["put the file itself in its place, or let .gitignore name it"],
        )
        for name, target in links.items()
        if leads_out(name, links)
    )
    if problem is not None:
        raise problem


def leads_out(name: str, links: Mapping[str, str]) -> bool:
    """Whether the link ``name`` of a tree with ``links`` points out of it, perhaps by way of others."""
    at, rest, followed = name.split("/")[:-1], links[name].split("/"), 0
    if not rest[0]:  # an absolute one
        return True
    while rest:
        part = rest.pop(0)
        if part == ".." and not at:
            return True
        if part == "..":
            at.pop()
        elif part not in ("", "."):
            at.append(part)
            target = links.get("/".join(at))
            if target is not None:
                followed += 1
                if target.startswith("/"):
                    return True
                if followed > _LINKS:
                    return False  # nobody can open it
                at.pop()
                rest = target.split("/") + rest
    return False


def _problem(directory: Path, name: str) -> NeveError | None:
    if not name.isprintable() or "\ufffd" in name:
        return NeveError(
            f"the file name {name!r} cannot be used",
            where=str(directory),
            fixes=["rename it, or let .gitignore name it"],
        )
    path = os.path.join(directory, name)  # noqa: PTH118 - a Path for each of thousands of files takes time
    try:
        mode = os.lstat(path).st_mode
    except OSError as error:
        return NeveError("cannot read a file of the project", where=path, why=error.strerror)
    if stat.S_ISLNK(mode) or (stat.S_ISREG(mode) and os.access(path, os.R_OK)):
        return None
    if stat.S_ISREG(mode):
        why, fix = "this user may not read it", f"make it readable: chmod +r {name!r}"
    else:
        why, fix = "it is a pipe, a socket or a device: an image cannot hold it", "remove it"
    return NeveError(
        "a file of the project cannot go into the image",
        where=path,
        why=why,
        fixes=[f"{fix}, or let .gitignore name it"],
    )


@cache
def _rules() -> tuple[frozenset[str], frozenset[str], re.Pattern[str]]:
    rules = json.loads((nix_library() / "common" / "ignored.json").read_text(encoding="utf-8"))
    return (
        frozenset(rules["anywhere"]),
        frozenset(rules["top"]),
        re.compile("|".join(f"(?:.*{s})" for s in rules["suffixes"])),
    )


def _ignored(name: str) -> bool:
    anywhere, top, suffixes = _rules()
    parts = name.split("/")
    return parts[0] in top or any(part in anywhere or suffixes.fullmatch(part) is not None for part in parts)


def _from_git(directory: Path) -> list[str] | None:
    """What git lists below ``directory``; None where it is in no work tree, or where git is not there."""
    if not any((parent / ".git").exists() for parent in (directory, *directory.parents)):
        return None
    command = [
        "git",
        # Also where the directory is another user's: without git, files that it ignores would go into the image.
        *("-c", "safe.directory=*"),
        # A repository may name a program there, and listing would run it.
        *("-c", "core.fsmonitor=false"),
        "-C",
        str(directory),
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
        "--deduplicate",
        ".",
    ]
    try:
        done = subprocess.run(command, capture_output=True, check=False, env=_environment())
    except OSError:
        return None
    if done.returncode:
        return None
    names = os.fsdecode(done.stdout).split("\0")
    if not any(name in MARKERS or ("/" not in name and name.endswith(".py")) for name in names):
        return None  # a directory that the repository around it ignores
    # A file that was deleted and not yet told to git is still listed, and so is a submodule.
    return [name for name in names if name and _is_file(directory / name)]


def _environment() -> dict[str, str]:
    """Without what sends git to another repository, as in its hooks."""
    return {key: value for key, value in os.environ.items() if key not in _GIT}


def _is_file(path: Path) -> bool:
    return os.path.lexists(path) and (path.is_symlink() or not path.is_dir())


def _walked(directory: Path) -> list[str]:
    anywhere, top, _ = _rules()
    found = []
    for parent, directories, files in os.walk(directory, onerror=_raise):
        inside = os.path.relpath(parent, directory)
        directories[:] = [d for d in directories if d not in anywhere and not (inside == "." and d in top)]
        links = [d for d in directories if (Path(parent) / d).is_symlink()]
        found += [os.path.normpath(f"{inside}/{name}") for name in (*files, *links)]
    return found


def _raise(error: OSError) -> None:
    raise NeveError(
        "a directory of the project cannot be read",
        where=str(error.filename),
        why=error.strerror,
        fixes=["make it readable: chmod +rx, or move it out of the project"],
    )


__all__ = ["leads_out", "must_stay_inside", "source_files"]
