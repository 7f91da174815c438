"""Finding a Nix that works: the one asked for, `nix` on PATH, `nix-portable` on PATH, or neve's own copy."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import stat
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from neve.dotted import numbers
from neve.errors import NeveError
from neve.files import data_home, explained
from neve.nix.nix import OLDEST, OWN, Nix, builds
from neve.nix.process import capture
from neve.nix.sandbox import check_sandbox

if TYPE_CHECKING:
    from neve.tools import Toolbox

_VERSION = re.compile(r"(\d+(?:\.\d+)+)\S*\s*$")
_OWN_VERSION = re.compile(r"/nix-(\d+(?:\.\d+)+)[^/]*/usr/bin/nix$")
_ABANDONED_SECONDS = 3 * 86_400.0  # no build takes that long
_OWN_WORDS = ("own", "neve")


def find_nix(
    toolbox: Toolbox, *, option: str | None = None, environ: Mapping[str, str] = os.environ, prepare: bool = True
) -> Nix:
    """The Nix to use.

    ``option`` (else NEVE_NIX) is a program, or ``own`` for neve's copy. NEVE_STORE is the root of a chroot
    store for whichever Nix it is; NEVE_NIX_SUITE the Debian suite that the own copy comes from. ``prepare``
    makes what its store needs, and tries whether a sandbox can be made. Raises
    NeveError where what was asked for does not work, and where this machine allows no sandbox; what fetching
    raises where the own copy is fetched.
    """
    nix = _find(toolbox, option, environ)
    return _prepared(nix) if prepare else nix


def _find(toolbox: Toolbox, option: str | None, environ: Mapping[str, str]) -> Nix:
    asked = option or environ.get("NEVE_NIX") or None
    if asked is not None and asked not in _OWN_WORDS:
        return _with_store(_asked(asked, environ), environ)
    if asked is None:
        found = _on_path(toolbox, environ)
        if found is not None:
            return _with_store(found, environ)
    return _own(toolbox, environ)


def _asked(text: str, environ: Mapping[str, str]) -> Nix:
    where = "--nix / NEVE_NIX"
    words = [text] if Path(text).exists() else shlex.split(text)
    program = shutil.which(words[0], path=environ.get("PATH")) if words else None
    if program is None:
        raise NeveError(f"no program {text!r}", where=where, fixes=["name a `nix` or `nix-portable` program, or `own`"])
    return _probed(str(Path(program).absolute()), "asked for", environ)


def _on_path(toolbox: Toolbox, environ: Mapping[str, str]) -> Nix | None:
    for name in ("nix", "nix-portable"):
        program = shutil.which(name, path=environ.get("PATH", ""))
        if program is None:
            continue
        try:
            return _probed(str(Path(program).absolute()), "on PATH", environ)
        except NeveError as error:
            toolbox.progress.note(f"{program} is passed over: {error.why or error.what}")
    return None


def _own(toolbox: Toolbox, environ: Mapping[str, str]) -> Nix:
    from neve.tools import NIX

    store = _checked(Path(environ.get("NEVE_STORE") or data_home()), environ)
    program = toolbox.embedded(replace(NIX, suite=environ.get("NEVE_NIX_SUITE") or NIX.suite))
    known = _OWN_VERSION.search(str(program))
    if known:  # it ran when it was installed: asking again would take 20 ms at every start
        nix = Nix(command=(str(program),), version=numbers(known.group(1)), store=None, origin=OWN, environ=environ)
    else:
        nix = _probed(str(program), OWN, environ)
    return replace(nix, store=store)


def _with_store(nix: Nix, environ: Mapping[str, str]) -> Nix:
    wanted = environ.get("NEVE_STORE")
    if wanted:
        return replace(nix, store=_checked(Path(wanted), environ))
    if nix.portable or _reachable(environ):
        return nix
    # What such a Nix falls back to by itself; said aloud, so that we know where things lie.
    base = environ.get("XDG_DATA_HOME") or str(Path(environ.get("HOME") or Path.home()) / ".local/share")
    return replace(nix, store=_checked(Path(base, "nix/root"), environ))


def _reachable(environ: Mapping[str, str]) -> bool:
    """Whether a Nix of the machine can use /nix: as root, by its daemon, or as /nix is the user's."""
    if os.geteuid() == 0 or environ.get("NIX_REMOTE"):
        return True
    state = Path("/nix/var/nix")
    return (state / "daemon-socket/socket").exists() or os.access(state / "db", os.W_OK)


def _prepared(nix: Nix) -> Nix:
    store = nix.store
    if store is None:
        return nix
    if (store / "nix/var/nix/db/db.sqlite").exists():
        _sweep(builds(store))
        return nix
    check_sandbox()
    with explained("create the Nix store", store):
        # Nobody else's business, and Nix refuses a directory that others may write to.
        builds(store).mkdir(parents=True, exist_ok=True)
        builds(store).chmod(0o700)
    return nix


def _sweep(directory: Path) -> None:
    """Remove what builds left whose Nix was killed: Nix itself never looks at it again."""
    try:
        old = [each for each in directory.iterdir() if time.time() - each.lstat().st_mtime > _ABANDONED_SECONDS]
    except OSError:
        return
    for each in old:
        for parent, _, _ in os.walk(each):
            with suppress(OSError):
                Path(parent).chmod(0o700)
        shutil.rmtree(each, ignore_errors=True)


def _checked(store: Path, environ: Mapping[str, str]) -> Path:
    """``store`` without symbolic links, which Nix refuses; raises NeveError where others may write to it."""
    where = "NEVE_STORE" if environ.get("NEVE_STORE") else "XDG_DATA_HOME"
    if not store.is_absolute() or "?" in str(store):
        raise NeveError(
            f"{str(store)!r} cannot hold a Nix store", where=where, why="it takes an absolute path without ?"
        )
    real = store.resolve()
    for directory in (real, *real.parents):
        if directory.exists() and directory.stat().st_mode & stat.S_IWOTH:
            raise NeveError(
                f"{store} cannot hold a Nix store",
                where=where,
                why=f"everybody may write to {directory}, and Nix does not build below such a directory",
                fixes=["set NEVE_STORE to a directory of your own, say ~/.local/share/neve"],
            )
    return real


def _probed(program: str, origin: str, environ: Mapping[str, str]) -> Nix:
    """The Nix behind ``program``; raises NeveError where it does not run or is too old."""
    portable = Path(program).name.startswith("nix-portable")
    command = (program, "nix") if portable else (program,)
    trial = Nix(command=command, version=OLDEST, store=None, origin=origin, environ=environ)
    finished = capture([*command, "--version"], environment=trial.environment())
    said = finished.out.decode(errors="replace").strip()
    found = _VERSION.search(said)
    if finished.status or not found:
        complaint = finished.err.decode(errors="replace").strip().splitlines()
        raise NeveError(
            f"{program} does not work",
            why=(complaint or said.splitlines() or [f"status {finished.status}"])[-1],
            fixes=["name a Nix that does, or leave --nix and NEVE_NIX away: neve then uses its own copy"],
        )
    version = numbers(found.group(1))
    if version < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise NeveError(
            f"{program} is too old",
            why=f"it is Nix {found.group(1)}, and neve needs {oldest} or newer",
            fixes=["update it, or leave --nix and NEVE_NIX away: neve then uses its own copy"],
        )
    return replace(trial, version=version)


__all__ = ["Nix", "find_nix"]
