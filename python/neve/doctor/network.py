"""Whether the servers answer that packages come from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from neve.doctor.report import Finding, failure, skipped, warning
from neve.doctor.report import ok as fine
from neve.errors import NeveError, TransientError
from neve.fetch import Fetcher, redacted
from neve.fetch.problem import MissingError
from neve.progress import Silent
from neve.python.wheel import File

if TYPE_CHECKING:
    from neve.doctor.demand import Demand
    from neve.session import Session

_NAME = re.compile(r"\A[A-Za-z0-9][A-Za-z0-9._-]*=")  # uv takes NAME=URL, of UV_DEFAULT_INDEX alone
_CACHE = "https://cache.nixos.org"


def network_probes(session: Session, demand: Demand) -> Mapping[str, Callable[[], list[Finding]]]:
    """A probe for each server, by what it is asked for."""
    if session.options.offline:
        return {"network": lambda: [skipped("network", "--offline: no server is asked")]}
    return {
        "Debian mirror": lambda: _mirror(session, demand),
        "package index": lambda: _index(session, demand),
        **({"binary cache": lambda: _cache(session, demand)} if _on_nixpkgs(session) else {}),
    }


def _on_nixpkgs(session: Session) -> bool:
    try:
        return session.project.config.base == "nixpkgs"
    except NeveError:
        return False


def _mirror(session: Session, demand: Demand) -> list[Finding]:
    from neve.bases.debian.mirror import find_mirrors
    from neve.bases.debian.suites import DEFAULT_SUITE

    try:
        config = session.project.config
        configured = config.mirror
        suite = config.release if config.base == "debian" and config.release else DEFAULT_SUITE
    except NeveError:
        configured, suite = None, DEFAULT_SUITE
    mirrors = find_mirrors(configured, session.environ)
    fixes = [f"set NEVE_DEBIAN_MIRROR to a mirror that can be reached from here, and that has {suite}"]
    asked = f"{mirrors.main}/dists/{suite}/InRelease"
    return [
        _answer(
            session, demand, "Debian mirror", asked, shown=f"{redacted(mirrors.main)} ({mirrors.origin})", fixes=fixes
        )
    ]


def _index(session: Session, demand: Demand) -> list[Finding]:
    """The index that is configured. Its page of a package is asked for: that of all may be tens of megabytes. Where uv
    has its own default, a file that is locked tells the server.
    """
    fixes = ["set UV_DEFAULT_INDEX to an index that can be reached from here"]
    artefacts = demand.locked.artefacts if demand.locked is not None else ()
    named = session.environ.get("UV_DEFAULT_INDEX")
    url = _NAME.sub("", named) if named else session.environ.get("UV_INDEX_URL") or _configured(session)
    if url is None:
        files = (a.url for a in artefacts if isinstance(a, File) and urlsplit(a.url).scheme in ("http", "https"))
        file = next(files, None)
        if file is None:
            return [skipped("package index", "uv's own default, and no lock says where that has its files")]
        server = redacted(f"{urlsplit(file).scheme}://{urlsplit(file).netloc}")
        return [_answer(session, demand, "package index", file, shown=server, fixes=fixes)]
    if (directory := _directory(session, url)) is not None:
        if directory.is_dir():
            return [fine("package index", str(directory))]
        return [failure("package index", str(directory), why="there is no such directory", fixes=fixes)]
    names = [a.name for a in artefacts]
    page = f"{url.rstrip('/')}/{next(iter(names), 'pip')}/"
    return [_answer(session, demand, "package index", page, shown=redacted(url), fixes=fixes, any_page=True)]


def _directory(session: Session, url: str) -> Path | None:
    """The directory that ``url`` is, as uv takes a path and what begins with ``file:``; None for one of a server."""
    scheme, _, rest = url.partition(":")
    if scheme.lower() == "file":
        return Path(unquote(urlsplit(url).path))
    return None if rest.startswith("//") else session.directory / url


def _configured(session: Session) -> str | None:
    from neve.project.uv_settings import uv_settings

    for table in uv_settings(session.directory, session.environ):
        for index in table.get("index") or ():
            if isinstance(index, Mapping) and index.get("default") is True and isinstance(index.get("url"), str):
                return str(index["url"])
        if isinstance(table.get("index-url"), str):
            return str(table["index-url"])
    return None


def _cache(session: Session, demand: Demand) -> list[Finding]:
    given = session.environ.get("NEVE_SUBSTITUTERS", "").split()
    fixes = ["set NEVE_SUBSTITUTERS to a binary cache that can be reached from here"]
    found = []
    for url in given or [_CACHE]:
        if urlsplit(url).scheme in ("http", "https"):
            place = url.partition("?")[0].rstrip("/")
            found.append(
                _answer(session, demand, "binary cache", f"{place}/nix-cache-info", shown=redacted(place), fixes=fixes)
            )
    return found


def _answer(
    session: Session, demand: Demand, subject: str, url: str, *, shown: str, fixes: list[str], any_page: bool = False
) -> Finding:
    """Whether ``url`` can be opened; nothing of it is read. ``any_page``: an answer that there is none will do."""
    try:
        _fetcher(session).reach(url)
    except MissingError as error:
        return fine(subject, shown) if any_page else failure(subject, shown, why=error.why, fixes=fixes)
    except TransientError as error:
        # What is locked may well be in the caches already.
        bad = failure if demand.about == "project" and demand.locked is None else warning
        return bad(subject, shown, why=error.why, fixes=[*error.fixes, *fixes])
    except NeveError as error:
        return failure(subject, shown, why=error.why, fixes=error.fixes or fixes)
    return fine(subject, shown)


def _fetcher(session: Session) -> Fetcher:
    """The session's; outside a project, which names servers too, one that knows the user's alone."""
    try:
        session.project  # noqa: B018 - it is read for the credentials of what it names
    except NeveError:
        from neve.files import cache_home

        return Fetcher(cache_home(), Silent())
    return session.fetcher


__all__ = ["network_probes"]
