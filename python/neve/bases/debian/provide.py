"""Bringing what a Debian image is made of into the store: packages, wheels, and the bootstrap."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from neve.errors import NeveError

if TYPE_CHECKING:
    from neve.fetch import Artefact
    from neve.lock.model import CudaDebPin, DebianLock, DebPin, Lock, WheelPin
    from neve.python.artefact import Artefact as Package
    from neve.session import Session


def provide(session: Session, lock: Lock, packages: Sequence[Package]) -> None:
    """Put every pinned artefact and the bootstrap into the store. Raises NeveError."""
    from neve.bases.debian.compat import compat_artefacts
    from neve.python.artefact import files_of
    from neve.stages.provide import built_with, crates_of, provide_files, provide_sources

    plan = session.plan
    bases = {architecture: lock.debian_of(architecture)[0] for architecture in plan.architectures}
    base, tools = lock.debian_of(plan.machine)
    bootstrap_store(session, lock)
    provide_sources(session, lock, packages)
    pythons = []
    if lock.interpreter is not None:
        from neve.interpreter.provide import interpreter_artefact, pinned_archive

        archives = [pinned_archive(lock.interpreter, architecture) for architecture in bases]
        pythons += [interpreter_artefact(archive, session.environ) for archive in archives]
    compilers = base.build.packages if base.build is not None else ()
    debs = [
        *((each, pin) for each in bases.values() for pins in each.packages.values() for pin in pins),
        *((base, pin) for pin in (*compilers, *tools.packages)),
    ]
    toolkit, cuda_debs = _toolkit(session, lock, packages) if lock.cuda is not None else ((), ())
    debs += [(base, pin) for pin in cuda_debs]
    provide_files(
        session,
        [
            *(package_artefact(session, of, pin) for of, pin in debs),
            *pythons,
            *compat_artefacts(lock.cuda_compat, plan.platforms, session.environ),
            *files_of(
                [
                    tools.uv,
                    *lock.build.wheels_for(plan.machine),
                    *built_with(lock, base.architecture),
                    *toolkit,
                    *packages,
                ]
            ),
            *crates_of(session, lock),
        ],
    )


def _toolkit(
    session: Session, lock: Lock, packages: Sequence[Package]
) -> tuple[Sequence[WheelPin], Sequence[CudaDebPin]]:
    """What is fetched of the CUDA toolkit: all for the machine that builds, where anything is compiled, and what the
    platforms' images hold of it besides ``packages``.
    """
    cuda, plan = lock.cuda, session.plan
    assert cuda is not None  # noqa: S101 - it is asked for where there is one
    brought = {package.name for package in packages}
    held = [wheel for architecture in plan.platforms for wheel in cuda.runtime_for(architecture, brought)]
    if lock.debian_of(plan.machine)[0].build is None:
        return held, ()
    return [*cuda.wheels_for(plan.machine), *held], cuda.packages_for(plan.machine)


def bootstrap_store(session: Session, lock: Lock) -> str:
    """Put the pinned static busybox into the store; its store path. Raises NeveError where it is not what is pinned."""
    from neve.bases.debian.lock import unpacked_busybox
    from neve.nix.bootstrap import NAME, bootstrap
    from neve.nix.call import missing
    from neve.nix.store_path import directory_path

    base, tools = lock.debian_of(session.plan.machine)
    expected = directory_path(NAME, tools.busybox_tree)
    if missing(session.nix, [expected]):
        deb = session.fetcher.fetch([package_artefact(session, base, tools.busybox)])[0]
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


def package_artefact(session: Session, base: DebianLock, pin: DebPin) -> Artefact:
    """A package and where it may be had: its hash is pinned, so any mirror will do.

    A mirror that the user names goes first (it may be the only one in reach, and may want credentials, which no lock
    holds), then the one that was locked with, then the snapshot service: mirrors drop what is superseded.
    """
    from neve.fetch import Artefact

    urls = [base.url(pin)]
    if session.environ.get("NEVE_DEBIAN_MIRROR") or session.project.config.mirror:
        urls.insert(0, f"{session.mirrors.base(pin.archive)}/{pin.path}")
    snapshot = getattr(pin, "snapshot", None) or base.snapshots.get(pin.archive)  # one of another suite has its own
    if snapshot is not None:
        urls.append(f"{snapshot}/{pin.path}")
    return Artefact(name=pin.file, urls=tuple(dict.fromkeys(urls)), sha256=pin.sha256, size=pin.size)


__all__ = ["bootstrap_store", "package_artefact", "provide"]
