"""Whether there is room for what will be fetched and built."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from neve.doctor.report import Finding, failure, ok, warning
from neve.files import cache_home
from neve.python.artefact import files_of

if TYPE_CHECKING:
    from neve.session import Session
    from neve.stages.lock import Locked

# In the store lie the wheel itself and its layer; while that is built, and to run it, also what it unpacks to.
_IN_STORE = 5
_LITTLE = 5e9
_FIX = "free some space, or point XDG_CACHE_HOME (downloads) and NEVE_STORE (the store) to a larger disk"


def free_bytes(place: Path) -> int:
    """The bytes that are free where ``place`` is, or will be made."""
    return shutil.disk_usage(next(path for path in (place, *place.parents) if path.exists())).free


def disk_findings(
    session: Session, locked: Locked | None, store: Path, free: Callable[[Path], int] = free_bytes
) -> list[Finding]:
    """The space for the cache and for ``store``, against what of ``locked`` is still to be fetched and packed."""
    fetched, built = _needs(session, locked)
    places = {cache_home().resolve(): fetched}
    places[store.resolve()] = places.get(store.resolve(), 0) + built
    by_disk: dict[int, tuple[list[Path], int]] = {}
    for place, need in places.items():
        device = next(path for path in (place, *place.parents) if path.exists()).stat().st_dev
        before, sum_ = by_disk.get(device, ([], 0))
        by_disk[device] = ([*before, place], sum_ + need)
    return [_finding(paths, free(paths[0]), need) for paths, need in by_disk.values()]


def _finding(places: list[Path], free: int, need: int) -> Finding:
    where = " and ".join(map(str, places))
    found = f"{_size(free)} free for {where}"
    if need > free:
        return failure("disk", found, why=f"the project's wheels need about {_size(need)} more", fixes=[_FIX])
    if free - need < _LITTLE:
        left = f"about {_size(need)} are needed" if need else "images for GPUs need tens of gigabytes"
        return warning("disk", found, why=left, fixes=[_FIX])
    return ok("disk", found, why=f"about {_size(need)} are needed" if need > 1e8 else None)


def _needs(session: Session, locked: Locked | None) -> tuple[int, int]:
    """Bytes for the cache, and for the store; 0 where all is there, or nothing is known."""
    from neve.stages.build import fresh_build

    if locked is None or fresh_build(session) is not None:
        return 0, 0
    files = files_of(locked.artefacts)
    absent = [file for file in files if not session.fetcher.path(file).is_file()]
    return sum(file.size or 0 for file in absent), _IN_STORE * sum(file.size or 0 for file in files)


def _size(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


__all__ = ["disk_findings", "free_bytes"]
