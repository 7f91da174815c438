"""Bringing what is pinned into the store, before Nix asks for it."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from neve.errors import NeveError
from neve.lock.crates import VARIABLE
from neve.progress import counted
from neve.python.sdist import Git, Sdist
from neve.python.wheel import Wheel

if TYPE_CHECKING:
    from neve.fetch import Artefact
    from neve.lock.model import Lock
    from neve.lock.sdists import BuildWheelPin, GitPin
    from neve.python.artefact import Artefact as Package
    from neve.session import Session


def provide_files(session: Session, wanted: Sequence[Artefact]) -> None:
    """Put ``wanted`` into the store, fetched where they are not there yet.

    They get the store paths that the rendered fixed-output fetches have, so Nix finds them made. Raises NeveError.
    """
    from neve.nix.call import add_fixed, missing
    from neve.nix.share import share_files
    from neve.nix.store_path import fixed_path

    artefacts = {fixed_path(artefact.name, artefact.sha256): artefact for artefact in wanted}
    absent = missing(session.nix, list(artefacts))
    if not absent:
        return
    session.progress.stage(f"fetching {counted(len(absent), 'pinned file')}")
    try:
        files = session.fetcher.fetch([artefacts[path] for path in absent])
    except NeveError as error:
        if any(artefacts[path].name.endswith(".crate") for path in absent):
            error.fixes = (*error.fixes, f"where crates.io cannot be reached, {VARIABLE} names a mirror of its crates")
        raise
    session.progress.stage("adding them to the store")
    share_files(session.nix, files, add_fixed(session.nix, files))


def provide_sources(session: Session, lock: Lock, packages: Sequence[Package]) -> None:
    """Put into the store what ``packages`` have of the project's own directory and of git repositories, at the store
    paths that the rendering has.

    Raises NeveError where a file is not the one that is locked, or a tree not the one that is pinned; TransientError.
    """
    from neve.nix.call import missing
    from neve.nix.store_path import directory_path, fixed_path
    from neve.python.wheel import store_name
    from neve.sources.reader import local_file

    files = {
        fixed_path(store_name(package.file), package.sha256): package
        for package in packages
        if isinstance(package, Wheel | Sdist) and package.path is not None
    }
    trees = {
        directory_path("source", _hex(pin.nar_hash)): pin
        for pin in lock.git
        if any(isinstance(package, Git) and package.key == pin.key for package in packages)
    }
    # Also those that the store has: what lies there now may be another file, which nobody locked.
    places = {path: local_file(session.directory, package) for path, package in files.items()}
    for path in missing(session.nix, [*files, *trees]):
        if path in files:
            _add_file(session, places[path], store_name(files[path].file))
        else:
            _add_tree(session, trees[path])


def _hex(nar_hash: str) -> str:
    return base64.b64decode(nar_hash.removeprefix("sha256-")).hex()


def _add_file(session: Session, file: Path, name: str) -> None:
    from neve.nix.call import add_fixed

    with TemporaryDirectory(prefix="neve-file-") as temporary:
        # Its name in the store is that of the lock, also where it lies as a link.
        copy = Path(temporary) / name
        shutil.copyfile(file, copy)
        add_fixed(session.nix, [copy])


def _add_tree(session: Session, pin: GitPin) -> None:
    from neve.nix.call import add_directory
    from neve.nix.store_path import nar_sha256

    with session.repositories.tree(pin.url, pin.commit, name=pin.name) as top:
        found = nar_sha256(top)
        if found != _hex(pin.nar_hash):
            raise NeveError(
                f"the tree of {pin.name} at {pin.commit[:11]} is not the one that is pinned",
                where="neve.lock, git",
                why=f"its NAR hash is sha256-{base64.b64encode(bytes.fromhex(found)).decode()}, not {pin.nar_hash}:"
                " a submodule's server may have given another",
                fixes=["`neve lock --upgrade` pins it anew"],
            )
        add_directory(session.nix, top, "source")


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


__all__ = ["built_with", "crates_of", "provide_files", "provide_sources"]
