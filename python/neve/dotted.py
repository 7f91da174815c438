"""Versions that are numbers and dots."""

from __future__ import annotations


def numbers(version: str) -> tuple[int, ...]:
    """The numbers of ``version``, to compare: (13, 2) of "13.2". Raises ValueError where it is something else."""
    return tuple(int(part) for part in version.split("."))


__all__ = ["numbers"]
