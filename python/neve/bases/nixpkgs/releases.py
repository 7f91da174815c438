"""The releases of nixpkgs that images can be made of: the table in releases.toml beside this file."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from neve.bases.debian.suites import SUITES
from neve.dotted import numbers
from neve.errors import NeveError

DEFAULT_RELEASE = "26.05"


@dataclass(frozen=True, kw_only=True)
class Pin:
    """One state of nixpkgs: commit ``rev`` and the SRI hash of its tree; ``last_modified`` in seconds since 1970.

    ``last_modified`` is None for a rev that a user gave: only the hash decides what is fetched.
    """

    release: str
    rev: str
    nar_hash: str
    last_modified: int | None


@dataclass(frozen=True, kw_only=True)
class Release:
    """A release: its pins (the newest last), compilers, interpreters, CUDA sets.

    ``gcc`` is the default compiler's major version. ``pythons`` has the default first, then the newest; ``floors`` has
    for each the oldest full version that a pin may have, as ``glibc`` is the oldest. ``freethreaded`` are those of them
    that there are without the global lock too. ``cuda`` is the version of
    ``cudaPackages``; ``cudas`` has the oldest first.
    """

    name: str
    pins: tuple[Pin, ...]
    gcc: int
    gccs: tuple[int, ...]
    pythons: tuple[str, ...]
    floors: Mapping[str, str]
    freethreaded: tuple[str, ...]
    cuda: str
    cudas: tuple[str, ...]
    glibc: tuple[int, int]
    oldest_nix: tuple[int, int]

    @property
    def python(self) -> str:
        """The default interpreter ("3.13")."""
        return self.pythons[0]

    @property
    def offers(self) -> tuple[str, ...]:
        """All interpreters, the free-threaded ("3.13t") last: they are taken where they are asked for."""
        return (*self.pythons, *(f"{python}t" for python in self.freethreaded))

    @property
    def newest_pin(self) -> Pin:
        """The pin that a new lock takes."""
        return self.pins[-1]


def _pair(version: str) -> tuple[int, int]:
    major, minor = numbers(version)
    return major, minor


def _release(name: str, table: Mapping[str, Any]) -> Release:
    default = table["python"]
    floors = {version.rpartition(".")[0]: version for version in table["pythons"]}
    others = sorted((python for python in floors if python != default), key=numbers, reverse=True)
    return Release(
        name=name,
        pins=tuple(Pin(release=name, **pin) for pin in table["pins"]),
        gcc=table["gcc"],
        gccs=tuple(table["gccs"]),
        pythons=(default, *others),
        floors=MappingProxyType(floors),
        freethreaded=tuple(table["freethreaded"]),
        cuda=table["cuda"],
        cudas=tuple(table["cudas"]),
        glibc=_pair(table["glibc"]),
        oldest_nix=_pair(table["oldest_nix"]),
    )


_TABLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

RELEASES: Mapping[str, Release] = MappingProxyType({name: _release(name, table) for name, table in _TABLE.items()})


def _near(name: str) -> list[str]:
    """The release that is nearest in time, or in spelling."""
    if re.fullmatch(r"[0-9]{2}\.[0-9]{2}", name):
        numbered = [release for release in RELEASES if release[0].isdecimal()]
        return [min(numbered, key=lambda other: abs(_months(other) - _months(name)))]
    return difflib.get_close_matches(name, RELEASES, n=1, cutoff=0.5)


def _months(release: str) -> int:
    year, month = release.split(".")
    return 12 * int(year) + int(month)


def find_release(name: str) -> Release:
    """The release ``name``. Raises NeveError where neve's table lacks it, with the nearest that there is."""
    try:
        return RELEASES[name]
    except KeyError:
        near = _near(name)
        raise NeveError(
            f"{name!r} is no release of nixpkgs that neve knows",
            why="neve ships the rev and the hash of each release, so that a lock needs no network",
            fixes=[
                *([f"did you mean {near[0]!r}?"] if near else []),
                "use one of: " + ", ".join(RELEASES),
                *(['a Debian suite needs base = "debian"'] if name in SUITES else []),
                "a newer neve may know it; any other state of nixpkgs can be given by its rev and narHash",
            ],
        ) from None


__all__ = ["DEFAULT_RELEASE", "RELEASES", "Pin", "Release", "find_release"]
