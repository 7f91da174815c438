"""Who has a library that wheels need: what a base answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Provider:
    """What a base knows of a soname: whether the image has it, and the packages that would bring it, best first."""

    present: bool = False
    packages: tuple[str, ...] = ()


PRESENT = Provider(present=True)

__all__ = ["PRESENT", "Provider"]
