"""Which wheels share a layer: large ones have their own, the rest fall into a few buckets by their names."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from neve.python.wheel import Wheel

LARGE = 8 * 1024 * 1024
BUCKETS = 8


@dataclass(frozen=True, kw_only=True)
class WheelLayer:
    """Wheels that make one layer; ``name`` is the wheel's own or ``wheels-N``."""

    name: str
    wheels: tuple[Wheel, ...]

    @property
    def size(self) -> int:
        """The bytes of its wheels, as far as they are known."""
        return sum(wheel.size or 0 for wheel in self.wheels)


def group_wheels(wheels: Sequence[Wheel], *, most: int) -> tuple[WheelLayer, ...]:
    """Layers for ``wheels``, at most ``most``: a wheel of 8 MiB or more alone, the largest first where there are
    too many; the others by a hash of the name, so that one changed dependency changes one bucket.
    """
    large = sorted((w for w in wheels if (w.size or 0) >= LARGE), key=lambda w: (-(w.size or 0), w.name))
    alone = large[: max(0, most - BUCKETS)]
    buckets: dict[int, list[Wheel]] = {}
    for wheel in sorted(set(wheels) - set(alone), key=lambda w: w.name):
        buckets.setdefault(bucket_of(wheel.name), []).append(wheel)
    # A store path's name has no "!", which a version may begin with (PEP 440, epochs).
    layers = [WheelLayer(name=f"{w.name}-{w.version.replace('!', '-')}", wheels=(w,)) for w in alone]
    return (*layers, *(WheelLayer(name=f"wheels-{n}", wheels=tuple(buckets[n])) for n in sorted(buckets)))


def bucket_of(name: str) -> int:
    """The bucket of a package: the first byte of the SHA-256 of its normalized name, modulo the buckets."""
    return hashlib.sha256(name.encode()).digest()[0] % BUCKETS


__all__ = ["BUCKETS", "LARGE", "WheelLayer", "bucket_of", "group_wheels"]
