"""A tree of files that comes from elsewhere: made fit for a store, and read."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

from neve.errors import NeveError, collected

_TAKE_ANOTHER = "take another commit of the repository, or a published version of the package"


def check_tree(top: Path, *, where: str) -> None:
    """Take everything named .git out of the tree and give its files the modes 644 and 755.

    Raises NeveError with every symbolic link that leads out of it, and every file that is neither file nor link.
    """
    problems: list[NeveError] = []
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
                target = os.readlink(path)  # noqa: PTH115
                if leads_out(inside, target):
                    problems.append(
                        NeveError(
                            "a link of the source leads out of it",
                            where=f"{where}, {inside}",
                            why=f"it points to {target!r}",
                            fixes=[_TAKE_ANOTHER],
                        )
                    )
            elif stat.S_ISDIR(mode):
                Path(path).chmod(0o755)
            elif stat.S_ISREG(mode):
                Path(path).chmod(0o755 if mode & stat.S_IXUSR else 0o644)
            else:
                problems.append(NeveError("a source holds more than files and links", where=f"{where}, {inside}"))
    if (problem := collected(problems)) is not None:
        raise problem


def leads_out(path: str, target: str) -> bool:
    """Whether the symbolic link at ``path`` of a tree points outside of the tree."""
    normal = os.path.normpath(os.path.join(os.path.dirname(path), target))  # noqa: PTH118, PTH120
    return target.startswith("/") or normal.split("/")[0] == ".."


__all__ = ["check_tree", "leads_out"]
