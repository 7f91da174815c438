"""Copies of an image outside the store: the archive as a file, the layout as a directory of its own."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from neve.errors import NeveError
from neve.files import explained, new_directory


def copy_archive(archive: Path, target: Path) -> None:
    """Copy the file ``archive`` to ``target``, which is replaced by one rename. Raises NeveError."""
    if not target.absolute().parent.is_dir():
        raise NeveError(
            "there is no such directory", where=str(target.absolute().parent), fixes=["make it, or name another"]
        )
    with explained("write the archive", target):
        descriptor, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.absolute().parent)
        os.close(descriptor)
        try:
            shutil.copyfile(archive, temporary)
            Path(temporary).chmod(0o644)
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def copy_layout(layout: Path, target: Path) -> None:
    """Copy the OCI layout ``layout`` to the new directory ``target``, its blobs as files. Raises NeveError."""
    if target.exists():
        raise NeveError("the directory is there already", where=str(target), fixes=["name one that does not exist"])
    with new_directory(target.absolute()) as directory, explained("write the layout", target):
        for name in ("oci-layout", "index.json"):
            shutil.copyfile(layout / name, directory / name)
        blobs = directory / "blobs" / "sha256"
        blobs.mkdir(parents=True)
        for blob in (layout / "blobs" / "sha256").iterdir():
            shutil.copyfile(blob, blobs / blob.name)


__all__ = ["copy_archive", "copy_layout"]
