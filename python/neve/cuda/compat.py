"""What is known of NVIDIA's forward compatibility libraries, as data: compat.toml, which names its sources."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Compat:
    """The driver branches that the libraries are made for, by the major version of CUDA; the brands of GPUs that they
    serve; the address of NVIDIA's repositories, and the one of them for each architecture.
    """

    branches: Mapping[int, tuple[int, ...]]
    brands: tuple[str, ...]
    mirror: str
    repositories: Mapping[str, str]

    def requirements(self, major: int, *, below: str | None) -> list[str]:
        """What NVIDIA_REQUIRE_CUDA has to admit besides, for the libraries of CUDA ``major``: the branches before the
        driver ``below``, which needs no such libraries (None: all of them).
        """
        newest = int(below.partition(".")[0]) if below else None
        branches = [branch for branch in self.branches.get(major, ()) if newest is None or branch < newest]
        return [f"brand={brand},driver>={each},driver<{each + 1}" for each in branches for brand in self.brands]


@cache
def compat() -> Compat:
    """What neve ships."""
    data = tomllib.loads(Path(__file__).with_name("compat.toml").read_text(encoding="utf-8"))
    return Compat(
        branches={int(major): tuple(of) for major, of in data["branches"].items()},
        brands=tuple(data["brands"]),
        mirror=data["mirror"],
        repositories=data["repositories"],
    )


__all__ = ["Compat", "compat"]
