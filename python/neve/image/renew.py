"""What of an unpacked image is to be replaced when its project alone has changed: some directories, not all of it."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath


def renewed(rootfs: Path, old: Path, new: Path, *, hidden: str) -> dict[str, str] | None:
    """What to mount over ``rootfs``, which holds the files of the tree ``old``, to have those of ``new`` instead:
    sources by path in the image.

    None where that cannot be told by mounts: something came or went beside the files of others. What lies in
    the directory ``hidden`` is not looked at.
    """
    return _renewed(PurePosixPath("/"), rootfs, old, new, PurePosixPath(hidden))


def _renewed(place: PurePosixPath, rootfs: Path, old: Path, new: Path, hidden: PurePosixPath) -> dict[str, str] | None:
    if place == hidden:
        return {}
    if place.parts[1:] and _same_names(rootfs, old):
        return {str(place): str(new)}
    if _names(old) != _names(new):
        return None
    result: dict[str, str] = {}
    for name in sorted(_names(new)):
        before, after = old / name, new / name
        if _kind(before) != _kind(after):
            return None
        if after.is_symlink():
            if before.readlink() != after.readlink():
                return None
        elif after.is_dir():
            deeper = _renewed(place / name, rootfs / name, before, after, hidden)
            if deeper is None:
                return None
            result |= deeper
        else:
            result[str(place / name)] = str(after)
    return result


def _same_names(one: Path, other: Path) -> bool:
    """Whether both directories hold the same names, all the way down: then nothing of anybody else is there."""
    return _names(one) == _names(other) and all(
        _same_names(one / name, other / name)
        for name in _names(other)
        if (other / name).is_dir() and not (other / name).is_symlink()
    )


def _names(directory: Path) -> set[str]:
    return set(os.listdir(directory)) if directory.is_dir() else set()  # noqa: PTH208 - names are what is wanted


def _kind(path: Path) -> str:
    return "link" if path.is_symlink() else "directory" if path.is_dir() else "file"


__all__ = ["renewed"]
