"""Which files of a directory are the project's own."""

from __future__ import annotations

import json
import os
import re
import subprocess
from functools import cache
from pathlib import Path

from neve.errors import NeveError
from neve.resources import nix_library


def source_files(directory: Path) -> tuple[str, ...]:
    """The project's files, relative and sorted: what git tracks or would track, else every file; never what
    belongs to tools (nix/ignored.json, which the rendered flake goes by as well).

    Raises NeveError where a name cannot go into a store path.
    """
    names = _from_git(directory)
    if names is None:
        names = _walked(directory)
    files = sorted(name for name in names if not _ignored(name))
    for name in files:
        if not name.isprintable() or "\ufffd" in name:
            raise NeveError(
                f"the file name {name!r} cannot be used",
                where=str(directory),
                fixes=["rename it, or let .gitignore name it"],
            )
    return tuple(files)


@cache
def _rules() -> tuple[frozenset[str], frozenset[str], re.Pattern[str]]:
    rules = json.loads((nix_library() / "ignored.json").read_text(encoding="utf-8"))
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
        done = subprocess.run(command, capture_output=True, check=False)
    except OSError:
        return None
    if done.returncode:
        return None
    names = os.fsdecode(done.stdout).split("\0")
    # A file that was deleted and not yet told to git is still listed.
    return [name for name in names if name and os.path.lexists(directory / name) and not (directory / name).is_dir()]


def _walked(directory: Path) -> list[str]:
    anywhere, top, _ = _rules()
    found = []
    for parent, directories, files in os.walk(directory):
        inside = os.path.relpath(parent, directory)
        directories[:] = [d for d in directories if d not in anywhere and not (inside == "." and d in top)]
        links = [d for d in directories if (Path(parent) / d).is_symlink()]
        found += [os.path.normpath(f"{inside}/{name}") for name in (*files, *links)]
    return found


__all__ = ["source_files"]
