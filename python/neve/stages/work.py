"""``.neve/``: what neve keeps in a project's directory; git ignores it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from neve.errors import NeveError
from neve.files import explained, write_if_changed

if TYPE_CHECKING:
    from neve.session import Session


def work_directory(session: Session) -> Path:
    """The session's work directory, made where it is missing.

    Raises NeveError where the project's directory cannot be written.
    """
    write_if_changed(session.directory / ".neve" / ".gitignore", "*\n")
    with explained("create the work directory", session.work):
        session.work.mkdir(exist_ok=True)
    return session.work


def own_directory(session: Session, *names: str) -> Path:
    """The directory ``names`` below the work directory, for what is removed or mounted there; it need not exist.

    Raises NeveError where it is a link: a project may come with one, to anywhere.
    """
    work = work_directory(session)
    for directory in (
        *([work] if session.script else []),
        *(work.joinpath(*names[:n]) for n in range(1, len(names) + 1)),
    ):
        if directory.is_symlink():
            raise NeveError(
                f"{directory.name} is neve's own directory, and no link",
                where=str(directory),
                why=f"it leads to {directory.readlink()}",
                fixes=["remove the link"],
            )
    return work.joinpath(*names)


__all__ = ["own_directory", "work_directory"]
