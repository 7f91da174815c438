"""The table of CUDA's releases, as data: releases.toml, which names its sources."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Release:
    """A release of CUDA ("12.9"): the newest gcc that nvcc takes as its host compiler, by major version, and the Linux
    driver that came with it (None: not known).
    """

    version: str
    gcc: int
    driver: str | None = None


@dataclass(frozen=True, kw_only=True)
class Table:
    """All that is known: releases by version, and by major version the oldest driver that runs them (NVIDIA's minor
    version compatibility).
    """

    releases: Mapping[str, Release]
    floors: Mapping[int, str]


@cache
def table() -> Table:
    """The table that neve ships."""
    data = tomllib.loads(Path(__file__).with_name("releases.toml").read_text(encoding="utf-8"))
    return Table(
        releases={version: Release(version=version, **fields) for version, fields in data["releases"].items()},
        floors={int(major): driver for major, driver in data["floors"].items()},
    )


__all__ = ["Release", "Table", "table"]
