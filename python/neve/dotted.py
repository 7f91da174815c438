"""Versions that are numbers and dots."""

from __future__ import annotations

from collections.abc import Iterable


def numbers(version: str) -> tuple[int, ...]:
    """The numbers of ``version``, to compare: (13, 2) of "13.2". Raises ValueError where it is something else."""
    return tuple(int(part) for part in version.split("."))


def most_exact(versions: Iterable[str | None]) -> str | None:
    """The first of ``versions`` that tells more than the major one, else the first; None where there is none."""
    told = [version for version in versions if version]
    return next((version for version in told if "." in version), next(iter(told), None))


__all__ = ["most_exact", "numbers"]
