"""Bringing what is pinned into the store, before Nix asks for it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from neve.errors import NeveError
from neve.python.wheel import store_name

if TYPE_CHECKING:
    from neve.fetch import Artefact
    from neve.lock.model import BaseLock, DebPin, Lock, WheelPin
    from neve.python.wheel import Wheel
    from neve.session import Session


def provide(session: Session, lock: Lock, wheels: Sequence[Wheel]) -> None:
    """Put every pinned artefact and the bootstrap into the store, fetched where it is not there yet.

    They get the store paths that the rendered fixed-output fetches have, so Nix finds them made. Raises NeveError.
    """
    from neve.nix.call import add_fixed, missing
    from neve.nix.store_path import fixed_path

    bootstrap_store(session, lock)
    artefacts = {fixed_path(artefact.name, artefact.sha256): artefact for artefact in _artefacts(session, lock, wheels)}
    absent = missing(session.nix, list(artefacts))
    if not absent:
        return
    session.progress.stage(f"fetching {len(absent)} pinned files")
    files = session.fetcher.fetch([artefacts[path] for path in absent])
    session.progress.stage("adding them to the store")
    add_fixed(session.nix, files)


def bootstrap_store(session: Session, lock: Lock) -> str:
    """Put the pinned static busybox into the store; its store path. Raises NeveError where it is not what is pinned."""
    from neve.lock.resolve import unpacked_busybox
    from neve.nix.bootstrap import NAME, bootstrap
    from neve.nix.call import missing
    from neve.nix.store_path import directory_path

    expected = directory_path(NAME, lock.tools.busybox_tree)
    if missing(session.nix, [expected]):
        deb = session.fetcher.fetch([package_artefact(session, lock.base, lock.tools.busybox)])[0]
        with tempfile.TemporaryDirectory(prefix="neve-busybox-") as temporary:
            made = bootstrap(session.nix, session.toolbox, busybox=unpacked_busybox(deb, Path(temporary)))
        if made.path != expected:
            raise NeveError(
                "the static busybox is not the one that is pinned",
                where="neve.lock, tools.busybox_tree",
                why=f"it makes {made.path}, not {expected}",
                fixes=["`neve lock --upgrade` pins it anew"],
            )
    return expected


def _artefacts(session: Session, lock: Lock, wheels: Sequence[Wheel]) -> list[Artefact]:
    from neve.fetch import Artefact

    debs = [pin for pins in lock.base.packages.values() for pin in pins]
    chosen: list[WheelPin | Wheel] = [lock.tools.uv, *lock.build.wheels, *wheels]
    return [
        *(package_artefact(session, lock.base, pin) for pin in (*debs, *lock.tools.packages)),
        *(Artefact(name=store_name(w.file), urls=(w.url,), sha256=w.sha256, size=w.size) for w in chosen),
    ]


def package_artefact(session: Session, base: BaseLock, pin: DebPin) -> Artefact:
    """A package and where it may be had: its hash is pinned, so any mirror will do.

    A mirror that the user names goes first (it may be the only one in reach, and may want credentials, which no lock
    holds), then the one that was locked with, then the snapshot service: mirrors drop what is superseded.
    """
    from neve.fetch import Artefact

    urls = [base.url(pin)]
    if session.environ.get("NEVE_DEBIAN_MIRROR") or session.project.config.mirror:
        urls.insert(0, f"{session.mirrors.base(pin.archive)}/{pin.path}")
    if (snapshot := base.snapshots.get(pin.archive)) is not None:
        urls.append(f"{snapshot}/{pin.path}")
    return Artefact(name=pin.file, urls=tuple(dict.fromkeys(urls)), sha256=pin.sha256, size=pin.size)


__all__ = ["bootstrap_store", "package_artefact", "provide"]
