"""The table of CUDA's releases, as data: releases.toml, which names its sources."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from neve.dotted import numbers
from neve.errors import NeveError


@dataclass(frozen=True, kw_only=True)
class Release:
    """A release of CUDA ("12.9"): the newest gcc that nvcc takes as its host compiler, by major version; the oldest
    Linux driver that came with it, or its branch (None: not known); the GPU architectures that it compiles for ("9.0",
    "9.0a"); where the debian base has ``nvcc`` from: NVIDIA's wheels, Debian's package, or nowhere (None); and whether
    NVIDIA has wheels of the compiler for ``aarch64``.
    """

    version: str
    gcc: int
    driver: str | None = None
    architectures: tuple[str, ...] = ()
    nvcc: Literal["wheels", "debian"] | None = None
    aarch64: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    """All that is known: releases by version, the oldest first, and by major version the oldest driver that runs them
    (NVIDIA's minor version compatibility).
    """

    releases: Mapping[str, Release]
    floors: Mapping[int, str]


@cache
def table() -> Table:
    """The table that neve ships."""
    data = tomllib.loads(Path(__file__).with_name("releases.toml").read_text(encoding="utf-8"))
    return Table(
        releases={
            version: Release(version=version, **{**fields, "architectures": tuple(fields.get("architectures", ()))})
            for version, fields in data["releases"].items()
        },
        floors={int(major): driver for major, driver in data["floors"].items()},
    )


def floor(major: int) -> str | None:
    """The oldest Linux driver that runs CUDA ``major``; None where it is not known."""
    return table().floors.get(major)


def native_driver(version: str) -> str | None:
    """The oldest Linux driver that came with CUDA ``version`` ("12.9"), or its branch ("615"): no older one knows all
    that the release does. None where it is not known.
    """
    release = table().releases.get(version)
    return release.driver if release is not None else None


def architectures(version: str) -> tuple[str, ...]:
    """The GPU architectures that CUDA ``version`` compiles for, ("8.0", "9.0", "9.0a"); none where it is not known."""
    release = table().releases.get(version)
    return release.architectures if release is not None else ()


def newest_gcc(version: str) -> int:
    """The newest gcc that nvcc ``version`` ("12.9") takes as its host compiler, by major version: that of the newest
    release which is not newer, where it is not known itself. Raises KeyError before CUDA 11.
    """
    reached = [release.gcc for release in table().releases.values() if numbers(release.version) <= numbers(version)]
    if not reached:
        raise KeyError(version)
    return reached[-1]


def settled(versions: Iterable[str]) -> list[str]:
    """Those of ``versions`` that may be proposed, or taken where none is asked for: of others no driver is published
    yet, so nobody can say where they run. All of them, where that is so of each.
    """
    given = list(versions)
    return [version for version in given if native_driver(version)] or given


def find_release(version: str, *, where: str, having: Sequence[str] = ()) -> Release:
    """The release ``version`` ("12.9"). Raises NeveError that names the nearest, of those ``having`` what is asked for
    where some are given; ``where`` is the key that has it.
    """
    release = table().releases.get(version)
    if release is not None:
        return release
    near = nearest(version, having or table().releases)
    raise NeveError(
        f"neve knows no CUDA {version}",
        where=where,
        why=f"it knows {', '.join(table().releases)}",
        fixes=[f'take the nearest: version = "{near}"', "or upgrade neve, which may know it by now"],
    )


def nearest(version: str, versions: Iterable[str]) -> str:
    """The one of the settled ``versions`` that is nearest to ``version``; of two as near the newer, which runs what was
    made for it. Raises ValueError where there are none.
    """

    def distance(other: str) -> tuple[int, int]:
        (major, minor), (wanted_major, wanted_minor) = numbers(other)[:2], numbers(version)[:2]
        return abs((major - wanted_major) * 100 + minor - wanted_minor), -minor

    return min(settled(versions), key=distance)


__all__ = [
    "Release",
    "Table",
    "architectures",
    "find_release",
    "floor",
    "native_driver",
    "nearest",
    "newest_gcc",
    "settled",
    "table",
]
