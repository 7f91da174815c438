"""The sizes of files: which layer a wheel lies in depends on them, and an index may give none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from neve.lock.text import NAME
from neve.progress import counted
from neve.python.wheel import File
from neve.stages.permission import may_change, must_not_change

if TYPE_CHECKING:
    from neve.lock.model import Lock
    from neve.python.artefact import Artefact
    from neve.session import Session


def with_sizes(
    session: Session, lock: Lock, environments: Mapping[str, tuple[Artefact, ...]], check: bool
) -> tuple[Lock, Mapping[str, tuple[Artefact, ...]]]:
    """Which layer a wheel lies in depends on its size; where the index gives none, neve.lock does."""
    unknown = {
        a.sha256: a for artefacts in environments.values() for a in artefacts if isinstance(a, File) and a.size is None
    }
    sizes = {sha256: size for sha256, size in lock.sizes.items() if sha256 in unknown}
    if may_change(session, check):
        sizes = _cached_sizes(session, unknown) | sizes
    new = [artefact for sha256, artefact in unknown.items() if sha256 not in sizes]
    if new:
        must_not_change(session, check, f"{NAME} lacks the sizes of {counted(len(new), 'file')}", True)
        session.progress.stage(f"asking for the sizes of {counted(len(new), 'file')}")
        there = [artefact for artefact in new if artefact.path is None]
        found = session.fetcher.sizes([artefact.url for artefact in there])
        sizes.update({artefact.sha256: size for artefact, size in zip(there, found, strict=True)})
        from neve.sources.reader import local_file

        sizes.update({a.sha256: local_file(session.directory, a).stat().st_size for a in new if a.path is not None})
    if may_change(session, check):
        lock = lock.model_copy(update={"sizes": sizes})
    return lock, {
        architecture: tuple(
            replace(a, size=sizes[a.sha256]) if isinstance(a, File) and a.size is None else a for a in artefacts
        )
        for architecture, artefacts in environments.items()
    }


def _cached_sizes(session: Session, wanted: Mapping[str, File]) -> dict[str, int]:
    """The sizes of those of ``wanted`` that neve has fetched before, or that the project has itself."""
    from neve.python.artefact import files_of

    places = {file.sha256: session.fetcher.path(file) for file in files_of([*wanted.values()])}
    places |= {sha256: session.directory / file.path for sha256, file in wanted.items() if file.path is not None}
    return {sha256: place.stat().st_size for sha256, place in places.items() if place.is_file()}


__all__ = ["with_sizes"]
