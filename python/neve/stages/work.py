"""``.neve/``: what neve keeps in a project's directory; git ignores it."""

from __future__ import annotations

from pathlib import Path

from neve.errors import NeveError
from neve.files import write_if_changed


def work_directory(project: Path) -> Path:
    """``.neve/`` of the directory ``project``, made where it is missing.

    Raises NeveError where the project's directory cannot be written.
    """
    directory = project / ".neve"
    write_if_changed(directory / ".gitignore", "*\n")
    return directory


def own_directory(project: Path, *names: str) -> Path:
    """The directory ``names`` below ``.neve/``, for what is removed or mounted there; it need not exist.

    Raises NeveError where it is a link: a project may come with one, to anywhere.
    """
    directory = work_directory(project)
    for name in names:
        directory /= name
        if directory.is_symlink():
            raise NeveError(
                f"{directory.name} is neve's own directory, and no link",
                where=str(directory),
                why=f"it leads to {directory.readlink()}",
                fixes=["remove the link"],
            )
    return directory


__all__ = ["own_directory", "work_directory"]
