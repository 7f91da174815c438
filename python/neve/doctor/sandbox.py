"""Whether a sandbox can be made here, and which Nix would build in it."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from neve.doctor.report import Finding, failure, from_error, ok, warning
from neve.errors import NeveError
from neve.files import data_home
from neve.host import Host
from neve.nix.sandbox import TRIAL, complaint, remedies
from neve.progress import Silent

if TYPE_CHECKING:
    from neve.nix.nix import Nix
    from neve.session import Session

_MISSING = "nix is not in neve's cache"


@dataclass(frozen=True, kw_only=True)
class Store:
    """Where the Nix store lies, and whether a daemon of the machine's builds in it, whoever the user is."""

    place: Path
    daemon: bool = False


def namespace_finding(host: Host, store: Store) -> Finding:
    """Whether this user can make a sandbox: by making one, as Nix and bubblewrap do."""
    ran = host.run([sys.executable, "-I", "-S", "-c", TRIAL])
    if ran is None or ran.status == 0:
        return ok("user namespaces", "a sandbox can be made")
    bad, what = (
        (warning, "this user cannot make a sandbox: `neve run` with bubblewrap and `neve shell` would fail")
        if store.daemon
        else (failure, "this user cannot make a sandbox, which every build wants")
    )
    why = complaint(ran.status, ran.err)
    return bad("user namespaces", what, why=why, fixes=remedies(host.path("/proc/sys")))


def nix_findings(session: Session) -> tuple[list[Finding], Store]:
    """The Nix that would be used, and its store; none is fetched."""
    from neve.nix.find import find_nix
    from neve.tools import Toolbox

    own = Path(session.environ.get("NEVE_STORE") or data_home())
    toolbox = Toolbox(cache=session.toolbox.cache, progress=Silent(), offline=True)
    try:
        nix = find_nix(toolbox, option=session.options.nix, environ=session.environ, prepare=False)
    except NeveError as error:
        if error.what != _MISSING or session.options.offline:
            return [from_error("Nix", error)], Store(place=own)
        return [ok("Nix", "neve's own copy, which the first build fetches"), *_store(own)], Store(place=own)
    place = nix.store or Path("/nix/store")
    version = ".".join(map(str, nix.version))
    found = ok("Nix", f"{version}, {nix.origin}{'' if nix.own else f' ({nix.command[0]})'}")
    checked = [] if nix.store is None else _store(place)
    return [found, *checked], Store(place=place, daemon=_has_daemon(nix))


def _has_daemon(nix: Nix) -> bool:
    return nix.store is None and not nix.portable


def _store(place: Path) -> list[Finding]:
    """Whether the store at ``place`` can be written: it, or the directory that it will be made in."""
    at = next(path for path in (place, *place.parents) if path.exists())
    if at.is_dir() and os.access(at, os.W_OK | os.X_OK):
        return [ok("store", str(place))]
    fixes = ["set NEVE_STORE, or XDG_DATA_HOME, to a directory of your own"]
    return [failure("store", f"{place} cannot be written", why=f"{at} belongs to somebody else", fixes=fixes)]


__all__ = ["Store", "namespace_finding", "nix_findings"]
