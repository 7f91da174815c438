"""The targets that wheels are chosen for on a release of nixpkgs."""

from __future__ import annotations

from neve.bases.nixpkgs.releases import Release
from neve.python.target import Target


def targets(release: Release, python: str, architecture: str, *, freethreaded: bool = False) -> tuple[Target, Target]:
    """The targets at both ends of ``python`` ("3.13"): the oldest patch level that a pin of ``release`` may have, and
    one later than any.

    The table knows the oldest, the pin decides the patch level, and nothing is evaluated to learn it: what is chosen
    for both is chosen for the real one. ``architecture`` is as in ``platform.machine()``.
    """
    first, last = (
        Target(python_full_version=version, glibc=release.glibc, architecture=architecture, freethreaded=freethreaded)
        # A neve.lock that is taken as it is may name a Python that the table has not.
        for version in (release.floors.get(python, f"{python}.0"), f"{python}.99")
    )
    return first, last


__all__ = ["targets"]
