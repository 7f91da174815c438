"""Bringing what is pinned into the store, before Nix asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from neve.fetch import Artefact
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


__all__ = ["provide_files"]
