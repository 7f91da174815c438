"""Bringing what is pinned into the store, before Nix asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from neve.fetch import Artefact
    from neve.lock.model import Lock
    from neve.lock.sdists import BuildWheelPin
    from neve.session import Session


def provide_files(session: Session, wanted: Sequence[Artefact]) -> None:
    """Put ``wanted`` into the store, fetched where they are not there yet.

    They get the store paths that the rendered fixed-output fetches have, so Nix finds them made. Raises NeveError.
    """
    from neve.nix.call import add_fixed, missing
    from neve.nix.store_path import fixed_path

    artefacts = {fixed_path(artefact.name, artefact.sha256): artefact for artefact in wanted}
    absent = missing(session.nix, list(artefacts))
    if not absent:
        return
    session.progress.stage(f"fetching {len(absent)} pinned files")
    files = session.fetcher.fetch([artefacts[path] for path in absent])
    session.progress.stage("adding them to the store")
    add_fixed(session.nix, files)


def built_with(lock: Lock, architecture: str) -> list[BuildWheelPin]:
    """The wheels that build the sources of ``lock`` on a machine of ``architecture``."""
    return [wheel for pin in lock.built.values() for wheel in pin.wheels_for(architecture)]


def crates_of(session: Session, lock: Lock) -> list[Artefact]:
    """The crates that cargo builds the sources of ``lock`` and the project with."""
    from neve.fetch import Artefact
    from neve.lock.crates import crate_urls

    crates = {c.sha256: c for c in (*lock.build.crates, *(c for pin in lock.built.values() for c in pin.crates))}
    return [
        Artefact(name=crate.file, urls=tuple(crate_urls(crate, session.environ)), sha256=crate.sha256, size=None)
        for crate in crates.values()
    ]


__all__ = ["built_with", "crates_of", "provide_files"]
