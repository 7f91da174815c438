"""Pins for the stand-in: Debian packages by nixpkgs' names, locked at a mirror, verified, and put into the store."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from neve.bases.debian.index import Index, load_index
from neve.bases.debian.mirror import Mirrors, find_mirrors
from neve.bases.debian.package import Package
from neve.bases.debian.solve import closure
from neve.fetch import Artefact, Fetcher
from neve.files import cache_home
from neve.nix.bootstrap import bootstrap
from neve.nix.call import add_fixed, missing
from neve.nix.nix import Nix
from neve.nix.store_path import fixed_path
from neve.progress import Silent
from neve.tools import Toolbox
from neve.tools.machine import machine

SUITE = "trixie"
PACKAGES = Path(__file__).parent / "debian/packages.json"
# What is for installing, for terminals and for compiling against libraries, and what draws.
_SKIP = frozenset(
    [
        *("adduser", "base-files", "debconf", "debianutils", "dpkg", "gcc-14-base", "install-info", "libc-dev-bin"),
        *("libcrypt-dev", "libexpat1-dev", "libglx-mesa0", "libx11-data", "mawk", "media-types", "netbase", "openssl"),
        *("original-awk", "python3", "readline-common", "rpcsvc-proto", "tzdata", "zlib1g-dev"),
    ]
)


class Pins:
    """The pins for this machine and where their files come from."""

    def __init__(self, toolbox: Toolbox, index: Index, mirrors: Mirrors) -> None:
        self._toolbox = toolbox
        self._index = index
        self._mirrors = mirrors

    def lock(self) -> dict[str, list[Package]]:
        """The .debs of each name: its own, and those that none of the names it needs has."""
        wanted = json.loads(PACKAGES.read_text())
        whole: dict[str, set[str]] = {}
        held: dict[str, list[Package]] = {}
        for name, entry in wanted.items():
            if "program" in entry:
                continue
            reached = {package.name: package for package in closure(self._index, entry["debs"])}
            below: set[str] = set()
            for need in entry["needs"]:
                below |= whole[need]
            left = self._reached(entry["debs"], reached, _SKIP | below)
            whole[name] = below | left
            held[name] = [reached[each] for each in sorted(left)]
        return held

    def _reached(
        self, debs: Sequence[str], by_name: dict[str, Package], without: frozenset[str] | set[str]
    ) -> set[str]:
        """The names reached from ``debs`` on a way that passes none of ``without``."""
        providers: dict[str, list[str]] = {}
        for package in by_name.values():
            for group in package.provides:
                for relation in group:
                    providers.setdefault(relation.name, []).append(package.name)
        todo, found = list(debs), set[str]()
        while todo:
            name = todo.pop()
            if name in found or (name in without and name not in debs):
                continue
            found.add(name)
            for group in (*by_name[name].pre_depends, *by_name[name].depends):
                for relation in group:
                    todo += [relation.name] if relation.name in by_name else providers.get(relation.name, [])
        return found

    def provide(self, nix: Nix) -> dict[str, Any]:
        """Put all that is pinned into ``nix``'s store; the pins as the stand-in reads them."""
        held = self.lock()
        artefacts: dict[str, Artefact] = {}
        packages = {}
        for name, debs in held.items():
            pins = []
            for package in debs:
                artefact = package.artefact(self._mirrors)
                file = artefact.name.translate(str.maketrans("~%:", "---"))
                artefact = Artefact(name=file, urls=artefact.urls, sha256=artefact.sha256, size=artefact.size)
                artefacts[fixed_path(file, package.sha256)] = artefact
                # Nix finds the file in the store; this machine's mirror is nobody else's business.
                pins.append({"name": file, "url": f"file:///not-in-the-store/{file}", "sha256": package.sha256})
            packages[name] = {"version": self._version(name, debs), "debs": pins}
        packages["uv"] = _uv(nix)
        absent = missing(nix, list(artefacts))
        if absent:
            fetcher = Fetcher(self._toolbox.cache, Silent())
            add_fixed(nix, fetcher.fetch([artefacts[path] for path in absent]))
        boot = bootstrap(nix, self._toolbox)
        return {"busybox": {"name": "neve-busybox", "sha256": boot.nar_sha256}, "packages": packages}

    def _version(self, name: str, debs: Sequence[Package]) -> str:
        first = json.loads(PACKAGES.read_text())[name]["debs"][0]
        version = next(package.version for package in debs if package.name == first)
        return version.rpartition(":")[2].partition("-")[0].partition("+")[0].partition("~")[0]


def _uv(nix: Nix) -> dict[str, Any]:
    """The uv that neve is installed with, as a file in the store."""
    from importlib.metadata import version

    from uv import find_uv_bin

    program = Path(find_uv_bin())
    digest = hashlib.sha256(program.read_bytes()).hexdigest()
    if missing(nix, [fixed_path("uv", digest)]):
        add_fixed(nix, [program])
    pin = {"name": "uv", "url": "file:///not-in-the-store/uv", "sha256": digest}
    return {"version": version("uv"), "debs": [], "program": pin}


@cache
def system() -> str:
    """This machine as Nix calls it."""
    return f"{os.uname().machine}-linux"


def make_pins(nix: Nix) -> dict[str, Any]:
    """Lock for this machine, fill ``nix``'s store; the content of pins.json. Raises what the mirror raises."""
    toolbox = Toolbox(cache=cache_home(), progress=Silent())
    mirrors = find_mirrors(None, os.environ)
    fetcher = Fetcher(toolbox.cache, Silent())
    index = load_index(SUITE, machine().debian, mirrors, fetcher, Silent())
    return {system(): Pins(toolbox, index, mirrors).provide(nix)}
