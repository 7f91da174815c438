"""Where the archive of a pinned interpreter may be had, and the interpreter for uv to run on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from neve.errors import NeveError
from neve.fetch import Artefact
from neve.files import cache_home

if TYPE_CHECKING:
    from pathlib import Path

    from neve.lock.interpreter import ArchivePin, InterpreterPin
    from neve.session import Session


def interpreter_artefact(archive: ArchivePin, environ: Mapping[str, str]) -> Artefact:
    """``archive`` and its URLs: the mirror that the environment names for uv goes first, its hash is pinned.

    A mirror has what the locked URL ends in: the build's directory and the file.
    """
    urls = [archive.url]
    if mirror := environ.get("UV_PYTHON_INSTALL_MIRROR"):
        urls.insert(0, "/".join([mirror.rstrip("/"), *archive.url.split("/")[-2:]]))
    return Artefact(name=archive.file, urls=tuple(dict.fromkeys(urls)), sha256=archive.sha256, size=archive.size)


def pinned_archive(pin: InterpreterPin, architecture: str) -> ArchivePin:
    """The archive of ``pin`` for ``architecture``. Raises NeveError where none is pinned."""
    found = pin.archive(architecture)
    if found is None:
        raise NeveError(
            f"neve.lock has no interpreter for {architecture}",
            where="neve.lock, interpreter.archives",
            why=f"CPython {pin.version} is pinned for {', '.join(a.architecture for a in pin.archives)} alone",
            fixes=["`neve lock` on a machine of this architecture adds it"],
        )
    return found


def host_python(session: Session) -> Path:
    """A program for uv to ask about the project: the interpreter that the plan takes of uv's, unpacked into the cache.

    Raises NeveError, TransientError where a server does not answer.
    """
    from neve.interpreter.archive import unpacked
    from neve.interpreter.resolve import Asked, resolve_interpreter
    from neve.lock.text import read_lock
    from neve.project.read import read_text
    from neve.python.uv import Uv

    plan, path = session.plan, session.neve_lock
    held = None
    if path.exists():
        try:
            held = read_lock(read_text(path)).interpreter
        except NeveError:
            held = None  # whoever needs the lock says what is wrong with it
    uv = Uv(session.directory, offline=session.options.offline)
    asked = Asked(uv=uv, fetcher=session.fetcher, progress=session.progress)
    archive = pinned_archive(resolve_interpreter(plan, held, asked), plan.machine)
    (file,) = session.fetcher.fetch([interpreter_artefact(archive, session.environ)])
    return unpacked(file, archive.sha256, plan.python, cache_home())


__all__ = ["host_python", "interpreter_artefact", "pinned_archive"]
