"""Where a rendering lies, with the files of all directories that are built."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from neve.errors import NeveError
from neve.project.sources import must_stay_inside, source_files
from neve.python.sdist import Directory, Sdist
from neve.python.wheel import Wheel
from neve.render.place import Place

if TYPE_CHECKING:
    from pathlib import Path

    from neve.python.artefact import Artefact
    from neve.session import Session

Environments = Mapping[str, Sequence["Artefact"]]


def place_of(session: Session, environments: Environments, *, root: str) -> Place:
    """The place of a rendering that has the project at ``root`` and names every file.

    Raises NeveError, also for a link that leads out of a directory that is built.
    """
    directories = {path: source_files(session.directory / path) for path in _directories(environments)}
    for path, names in directories.items():
        must_stay_inside(session.directory / path, names)
    files = session.files()
    if session.project.build_system is not None:
        # A member of the workspace has a wheel of its own, and a change of it is none of the project's.
        members = tuple(f"{path}/" for path in directories)
        files = tuple(name for name in files if not name.startswith(members))
        must_stay_inside(session.directory, files)
    return Place(root=root, files=files, directories=directories)


def local_paths(environments: Environments) -> tuple[str, ...]:
    """What of other places on this disk the environment is made of, relative to the project: directories with a slash
    at the end, and files.
    """
    files = {
        artefact.path
        for artefacts in environments.values()
        for artefact in artefacts
        if isinstance(artefact, Wheel | Sdist) and artefact.path is not None
    }
    return tuple(sorted({*files, *(f"{path}/" for path in _directories(environments))}))


def must_be_in_flake(session: Session, environments: Environments) -> None:
    """Raise NeveError with what the environment needs that a flake in the project's directory cannot reach: it sees the
    files of its git repository, or those below itself.
    """
    top = next(
        (at for at in (session.directory, *session.directory.parents) if (at / ".git").exists()), session.directory
    )
    outside = [path for path in local_paths(environments) if not _lies_in(session.directory / path, top)]
    if outside:
        raise NeveError(
            "a flake here cannot reach all that the project is built from",
            where=", ".join(outside[:5]),
            why=f"it sees what lies below {top}",
            fixes=[
                "`neve build` can: it needs no flake",
                "or keep the project and what it is built from in one git repository",
            ],
        )


def _lies_in(path: Path, top: Path) -> bool:
    return path.resolve().is_relative_to(top.resolve())


def _directories(environments: Environments) -> Iterable[str]:
    return dict.fromkeys(a.path for artefacts in environments.values() for a in artefacts if isinstance(a, Directory))


__all__ = ["local_paths", "must_be_in_flake", "place_of"]
