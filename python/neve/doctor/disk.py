"""Whether there is room for what will be fetched and built."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from neve.doctor.report import Finding, failure, ok, warning
from neve.files import cache_home
from neve.python.artefact import files_of

if TYPE_CHECKING:
    from neve.session import Session
    from neve.stages.lock import Locked

# What was measured of examples/torch (docs/explanation/layers.md): 3.0 GB of wheels take 7.9 GB at most while the image
# is built, themselves included, and 5.75 GB more where bubblewrap runs it, unpacked.
_BUILT = 4.9 / 3.0
_UNPACKED = 5.75 / 3.0
_LITTLE = 5e9
_FIX = "free some space, or point XDG_CACHE_HOME (downloads) and NEVE_STORE (the store) to a larger disk"
_MACHINES = Path("/nix/store")


@dataclass(frozen=True, kw_only=True)
class _Need:
    """Bytes to build, and more of them to run what was built."""

    built: float = 0
    run: float = 0

    def __add__(self, other: _Need) -> _Need:
        return _Need(built=self.built + other.built, run=self.run + other.run)


def free_bytes(place: Path) -> int:
    """The bytes that are free where ``place`` is, or will be made."""
    return shutil.disk_usage(next(path for path in (place, *place.parents) if path.exists())).free


def disk_findings(
    session: Session, locked: Locked | None, store: Path, free: Callable[[Path], int] = free_bytes
) -> list[Finding]:
    """The space for the cache and for ``store``, against what of ``locked`` is still to be fetched and packed."""
    cache, store = cache_home().resolve(), store.resolve()
    needs = _needs(session, locked, cache, store)
    by_disk: dict[int, tuple[list[Path], _Need]] = {}
    for place, need in needs.items():
        before, sum_ = by_disk.get(_device(place), ([], _Need()))
        by_disk[_device(place)] = ([*before, place], sum_ + need)
    return [_finding(paths, free(paths[0]), need) for paths, need in by_disk.values()]


def _device(place: Path) -> int:
    return next(path for path in (place, *place.parents) if path.exists()).stat().st_dev


def _finding(places: list[Path], free: int, need: _Need) -> Finding:
    where = " and ".join(map(str, places))
    found = f"{_size(free)} free for {where}"
    if need.built > free:
        return failure("disk", found, why=f"to build takes about {_size(need.built)} more", fixes=[_FIX])
    told = f"to build takes about {_size(need.built)}" if need.built > 1e8 else None
    if told and need.run:
        told += f", and to run it by bubblewrap {_size(need.run)} more"
    if free - need.built < max(need.run, _LITTLE):
        return warning("disk", found, why=told or "images for GPUs need tens of gigabytes", fixes=[_FIX])
    return ok("disk", found, why=told)


def _needs(session: Session, locked: Locked | None, cache: Path, store: Path) -> dict[Path, _Need]:
    """What is needed at each place; nothing where all is there, or nothing is known."""
    from neve.nix.store_path import fixed_path
    from neve.stages.build import fresh_build

    if locked is None or fresh_build(session) is not None:
        return dict.fromkeys((cache, store), _Need())
    root = Path("/") if store == _MACHINES else store
    files = {file: root / fixed_path(file.name, file.sha256)[1:] for file in files_of(locked.artefacts)}
    held = {file for file, place in files.items() if place.exists()}
    built = os.path.lexists(session.work / "result")  # and with it the layers of what the store holds
    fetched = sum(file.size or 0 for file in files if file not in held and not session.fetcher.path(file).is_file())
    added = sum(file.size or 0 for file in files if file not in held)
    packed = sum(file.size or 0 for file in files if file not in held or not built)
    # Neve's own store has a file in common with the cache.
    copied = 0 if store != _MACHINES and _device(cache) == _device(store) else added
    needs = {cache: _Need(built=fetched)}
    needs[store] = needs.get(store, _Need()) + _Need(built=copied + _BUILT * packed, run=_UNPACKED * packed)
    return needs


def _size(size: float) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


__all__ = ["disk_findings", "free_bytes"]
