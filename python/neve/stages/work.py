"""``.neve/``: what neve keeps in a project's directory; git ignores it."""

from __future__ import annotations

from pathlib import Path

from neve.files import write_if_changed


def work_directory(project: Path) -> Path:
    """``.neve/`` of the directory ``project``, made where it is missing.

    Raises NeveError where the project's directory cannot be written.
    """
    directory = project / ".neve"
    write_if_changed(directory / ".gitignore", "*\n")
    return directory


__all__ = ["work_directory"]
