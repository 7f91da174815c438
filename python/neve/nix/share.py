"""One copy on disk of a file that lies in neve's cache and in its store."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from neve.nix.call import physical
from neve.nix.nix import Nix

# Of small files a second copy costs less than asking for each.
_WORTH = 1 << 20


def share_files(nix: Nix, files: Sequence[Path], store_paths: Sequence[str]) -> None:
    """Make each of ``files``, which were added as ``store_paths``, a hard link to the store's file: wheels of gigabytes
    then take their room once. A file stays as it is where the store is not neve's own, or lies on another file system.
    """
    if nix.store is None:
        return  # the store of the machine is its own: what is ours must not hang on it
    for file, store_path in zip(files, store_paths, strict=True):
        try:
            if file.stat().st_size >= _WORTH:
                _link(physical(nix, store_path), file)
        except OSError:
            continue  # two copies are as good as one


def _link(held: Path, file: Path) -> None:
    """Replace ``file`` by a link to ``held``, which has the same content."""
    if file.samefile(held) or file.stat().st_size != held.stat().st_size:
        return
    # The cache's file was written to the disk for good before it got its name; Nix does not wait for that.
    descriptor = os.open(held, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    temporary = file.with_name(f".{file.name}.link")
    temporary.unlink(missing_ok=True)
    temporary.hardlink_to(held)
    try:
        temporary.replace(file)
    finally:
        # Where both names are links to one file already, rename leaves both.
        temporary.unlink(missing_ok=True)


__all__ = ["share_files"]
