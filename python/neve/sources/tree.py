"""A tree of files that comes from elsewhere: made fit for a store, and read."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from neve.errors import NeveError, collected
from neve.project.sources import leads_out

TAKE_ANOTHER = "take another commit of the repository, or a published version of the package"
_OWN = "nothing is unpacked: it could write outside of its directory"


class Entry(NamedTuple):
    """An entry of a commit's tree: its path from the top, git's type (blob, tree, commit) and the object's name."""

    path: str
    type: str
    object: str


def check_entries(entries: Sequence[Entry], *, where: str) -> None:
    """Hold ``entries`` of a commit, trees among them, to be a tree of files: one entry a name, entries in trees alone.

    Raises NeveError with all that are not, as fsck of git has them as well; git itself unpacks them.
    """
    trees = {entry.path for entry in entries if entry.type == "tree"}
    if (problem := collected(_entry_problems(entries, trees, where))) is not None:
        raise problem


def _entry_problems(entries: Sequence[Entry], trees: set[str], where: str) -> Iterator[NeveError]:
    seen: set[str] = set()
    for path, _, _ in entries:
        parent, _, name = path.rpartition("/")
        if path in seen:
            what = "a commit has two entries of one name"
        elif name in ("", ".", "..") or path.startswith("/") or (parent and parent not in trees):
            what = "a commit has an entry that lies in no directory"
        else:
            seen.add(path)
            continue
        yield NeveError(what, where=f"{where}, {path}", why=_OWN, fixes=[TAKE_ANOTHER])


def fresh_directory(top: Path, path: str, *, where: str) -> Path:
    """The empty directory ``path`` below ``top``, made where it is not there. No link is followed.

    Raises NeveError for a path that leads through a link or a file, or to a directory that holds something.
    """
    place = top
    for name in path.split("/"):
        place = place / name
        try:
            is_directory = stat.S_ISDIR(place.lstat().st_mode)
        except FileNotFoundError:
            place.mkdir()
            continue
        if not is_directory or name in ("", ".", ".."):
            break
    else:
        if not any(place.iterdir()):
            return place
    raise NeveError(
        "a submodule has no directory of its own",
        where=f"{where}, {path}",
        why=_OWN,
        fixes=[TAKE_ANOTHER],
    )


def check_tree(top: Path, *, where: str) -> None:
    """Take everything named .git out of the tree and give its files the modes 644 and 755.

    Raises NeveError with every symbolic link that leads out of it, and every file that is neither file nor link.
    """
    problems: list[NeveError] = []
    links: dict[str, str] = {}
    for parent, directories, files in os.walk(top):
        for name in [name for name in (*directories, *files) if name == ".git"]:
            taken = Path(parent) / name
            if name in directories and not taken.is_symlink():
                directories.remove(name)
                shutil.rmtree(taken)
            else:
                taken.unlink()
        for name in (*directories, *files):
            if name == ".git":
                continue
            path = os.path.join(parent, name)  # noqa: PTH118 - a Path for each of thousands of files takes time
            mode = os.lstat(path).st_mode
            inside = os.path.relpath(path, top)
            if stat.S_ISLNK(mode):
                links[inside] = os.readlink(path)  # noqa: PTH115
            elif stat.S_ISDIR(mode):
                Path(path).chmod(0o755)
            elif stat.S_ISREG(mode):
                Path(path).chmod(0o755 if mode & stat.S_IXUSR else 0o644)
            else:
                problems.append(NeveError("a source holds more than files and links", where=f"{where}, {inside}"))
    problems += (
        NeveError(
            "a link of the source leads out of it",
            where=f"{where}, {name}",
            why=f"it points to {target!r}",
            fixes=[TAKE_ANOTHER],
        )
        for name, target in links.items()
        if leads_out(name, links)
    )
    if (problem := collected(problems)) is not None:
        raise problem


__all__ = ["TAKE_ANOTHER", "Entry", "check_entries", "check_tree", "fresh_directory"]
