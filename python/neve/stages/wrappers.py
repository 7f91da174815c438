"""``.neve/shell/bin``: a program for each tool of a project, for PATH."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from neve.files import explained, locked, write_if_changed
from neve.stages.work import own_directory

if TYPE_CHECKING:
    from neve.session import Session

_EXECUTABLE = 0o777  # less the umask


def write_programs(session: Session, texts: Mapping[str, str]) -> Path:
    """Write the programs ``texts``, by name, and remove what else lies there; the directory. Raises NeveError."""
    directory = own_directory(session, "shell", "bin")
    # Without the lock, what is removed could be what another call is about to rename.
    with locked(directory.parent / "lock"):
        for name, text in texts.items():
            write_if_changed(directory / name, text, mode=_EXECUTABLE)
        with explained("write the wrappers", directory):
            for path in directory.iterdir():
                if path.name not in texts:
                    path.unlink()
    return directory


__all__ = ["write_programs"]
