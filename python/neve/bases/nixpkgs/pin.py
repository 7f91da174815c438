"""Which state of nixpkgs is locked, and the flake.lock that says so."""

from __future__ import annotations

import json
import re

from neve.bases.nixpkgs.releases import Pin, Release
from neve.errors import NeveError

_REV = re.compile(r"[0-9a-f]{40}\Z")
_NAR_HASH = re.compile(r"sha256-[A-Za-z0-9+/]{43}=\Z")


def choose_pin(
    release: Release, *, rev: str | None, nar_hash: str | None, held: Pin | None, upgrade: bool, where: str
) -> Pin:
    """The pin of ``release``: ``rev`` and ``nar_hash`` where configured, else ``held``, else the newest known.

    ``held`` stays while it is of the same release; with ``upgrade`` only where it is newer than the table, as a lock
    is that a newer neve wrote. ``where`` names the place of the configuration. Raises NeveError for a rev without its
    hash or the reverse, and for what is neither.
    """
    if rev is not None or nar_hash is not None:
        return _configured(release, rev, nar_hash, where)
    if held is not None and held.release == release.name and (not upgrade or _newer(held, release.newest_pin)):
        return held
    return release.newest_pin


def flake_lock(pin: Pin) -> str:
    """The text of a flake.lock, format 7, for ``inputs.nixpkgs.url = "github:NixOS/nixpkgs/REV"``, as Nix writes it."""
    repository = {"owner": "NixOS", "repo": "nixpkgs", "rev": pin.rev, "type": "github"}
    # Without a date Nix takes what the hash names, whatever its date is.
    date = {} if pin.last_modified is None else {"lastModified": pin.last_modified}
    nixpkgs = {"locked": {**date, "narHash": pin.nar_hash, **repository}, "original": repository}
    lock = {"nodes": {"nixpkgs": nixpkgs, "root": {"inputs": {"nixpkgs": "nixpkgs"}}}, "root": "root", "version": 7}
    return json.dumps(lock, indent=2, sort_keys=True) + "\n"


def _newer(held: Pin, newest: Pin) -> bool:
    return held.last_modified is not None and held.last_modified > (newest.last_modified or 0)


def _configured(release: Release, rev: str | None, nar_hash: str | None, where: str) -> Pin:
    if rev is None or nar_hash is None:
        given, absent = ("narHash", "rev") if rev is None else ("rev", "narHash")
        raise NeveError(
            f"a {given} of nixpkgs without its {absent}",
            where=where,
            why="the rev says where nixpkgs is fetched from, the narHash what must come: flake.lock needs both",
            fixes=[
                f"`nix flake metadata {_reference(rev)} --json` shows both, under locked",
                f"or leave the {given} out, and neve takes the pin of {release.name} that it ships",
            ],
        )
    if not _REV.match(rev):
        raise _malformed(f"{rev!r} is no rev of nixpkgs", "a rev is a whole commit: 40 digits 0-9 and a-f", where)
    if not _NAR_HASH.match(nar_hash):
        why = "a narHash is an SRI hash of SHA-256: sha256- and 44 characters of base 64"
        raise _malformed(f"{nar_hash!r} is no narHash", why, where, _reference(rev))
    return Pin(release=release.name, rev=rev, nar_hash=nar_hash, last_modified=None)


def _malformed(what: str, why: str, where: str, reference: str = "github:NixOS/nixpkgs/REV") -> NeveError:
    fixes = [f"`nix flake metadata {reference} --json` shows rev and narHash, under locked"]
    return NeveError(what, where=where, why=why, fixes=fixes)


def _reference(rev: str | None) -> str:
    return f"github:NixOS/nixpkgs/{rev if rev and _REV.match(rev) else 'REV'}"


__all__ = ["choose_pin", "flake_lock"]
