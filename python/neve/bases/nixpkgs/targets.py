"""The targets that wheels are chosen for on a release of nixpkgs."""

from __future__ import annotations

from neve.bases.nixpkgs.releases import Release
from neve.python.target import Target


def targets(release: Release, python: str, architecture: str) -> tuple[Target, Target]:
    """The targets at both ends of ``python`` ("3.13"): the first patch level, and one later than any.

    The table knows minor versions, the pin decides the patch level, and nothing is evaluated to learn it: what is
    chosen for both is chosen for the real one. ``architecture`` is as in ``platform.machine()``.
    """
    first, last = (
        Target(python_full_version=f"{python}.{patch}", glibc=release.glibc, architecture=architecture)
        for patch in (0, 99)
    )
    return first, last


__all__ = ["targets"]
