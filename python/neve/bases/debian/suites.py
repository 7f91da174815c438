"""The Debian suites that images can be made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

from neve.errors import NeveError

ArchiveName: TypeAlias = Literal["main", "updates", "security"]

DEFAULT_SUITE = "trixie"


@dataclass(frozen=True, kw_only=True)
class Suite:
    """A release of Debian: its C library, its interpreters (the default first), its C++ compilers, its archives.

    ``gccs`` are the major versions of g++-N; ``archives`` gives the directory under ``dists/`` of each archive.
    """

    codename: str
    version: str
    glibc: tuple[int, int]
    pythons: tuple[str, ...]
    gccs: tuple[int, ...]

    @property
    def archives(self) -> Mapping[ArchiveName, str]:
        """The directory under ``dists/`` of each archive; that of ``security`` is on a mirror of its own."""
        name = self.codename
        return {"main": name, "updates": f"{name}-updates", "security": f"{name}-security"}


SUITES: Mapping[str, Suite] = MappingProxyType(
    {
        suite.codename: suite
        for suite in (
            Suite(codename="bookworm", version="12", glibc=(2, 36), pythons=("3.11",), gccs=(11, 12)),
            Suite(codename="trixie", version="13", glibc=(2, 41), pythons=("3.13",), gccs=(12, 13, 14)),
            Suite(
                codename="forky",
                version="14",
                glibc=(2, 43),
                pythons=("3.14", "3.13", "3.15"),
                gccs=(12, 13, 14, 15, 16),
            ),
        )
    }
)


def find_suite(name: str) -> Suite:
    """The suite ``name``, by its codename. Raises NeveError where neve does not know it."""
    try:
        return SUITES[name]
    except KeyError:
        raise NeveError(
            f"{name!r} is no Debian suite that neve knows",
            why="suites go by codename, so that the same name means the same release tomorrow",
            fixes=["use one of: " + ", ".join(SUITES)],
        ) from None


__all__ = ["DEFAULT_SUITE", "SUITES", "ArchiveName", "Suite", "find_suite"]
