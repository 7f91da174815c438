"""Which GPUs the code in an image is for: its own kernels as well as its wheels'."""

from __future__ import annotations

import os
import stat
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

from neve.cuda.architectures import Architectures
from neve.cuda.fatbin import Fatbins
from neve.errors import NeveError
from neve.image.layout import Layer, Layout
from neve.image.unpacked import unpacked
from neve.libraries.elf import MAGIC, ElfError, find_sections, loaded_size
from neve.tar import Header

_CHUNK = 1 << 20
_HEADERS = 1 << 12  # bytes: what is read at a place where a header may be
_SECTIONS = (b".nv_fatbin", b"__nv_relfatbin")


def image_architectures(layout: Path, *, architecture: str | None = None) -> dict[str, Architectures]:
    """The files with code for GPUs in the image of the OCI layout at ``layout``, by path ("opt/venv/..."), and the GPU
    architectures that it is for. Each layer is read once and never held whole. Raises NeveError where it cannot be.
    """
    opened = Layout(layout)
    layers = opened.image(architecture).layers

    def read(layer: Layer) -> dict[str, Architectures]:
        path = opened.blob(layer.descriptor.digest)
        try:
            with path.open("rb") as blob:
                return dict(_of_layer(unpacked(blob, layer.descriptor.media_type)))
        # What the decompressors raise has no common class.
        except Exception as error:
            why = error.strerror if isinstance(error, OSError) else str(error)
            raise NeveError("a layer cannot be read", where=str(path), why=why, fixes=["neve build"]) from error

    found: dict[str, Architectures] = {}
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        for each in pool.map(read, layers):
            found |= each
    return {path: has for path, has in sorted(found.items()) if has}


def tree_architectures(root: Path) -> dict[str, Architectures]:
    """The files with code for GPUs below ``root``, by path from there, and the GPU architectures that it is for. Files
    that cannot be read are passed over. Of each no more is read than headers, so it is fast even for gigabytes.
    """
    found: dict[str, Architectures] = {}
    for directory, names, files in os.walk(root):
        names.sort()
        for name in files:
            path = Path(directory, name)
            try:
                has = _of_file(path)
            except (OSError, ElfError):
                continue
            if has:
                found[path.relative_to(root).as_posix()] = has
    return dict(sorted(found.items()))


def _of_layer(stream: IO[bytes]) -> Iterator[tuple[str, Architectures]]:
    """Each ordinary file: what is nothing for GPUs takes the place of a file of a layer below."""
    with tarfile.open(fileobj=stream, mode="r|", tarinfo=Header) as tar:
        for member in tar:
            if not member.isreg():
                continue
            file = tar.extractfile(member)
            fatbins = Fatbins()
            place = 0
            while file is not None and (data := file.read(_CHUNK)):
                if place == 0 and not data.startswith(MAGIC):
                    break
                fatbins.feed(place, data)
                place += len(data)
            yield member.name.removeprefix("./"), fatbins.tally.architectures


class _File:
    """A file of this machine as a Source."""

    def __init__(self, number: int, size: int) -> None:
        self._number, self.size = number, size

    def read(self, offset: int, size: int) -> bytes:
        try:
            return os.pread(self._number, size, offset)
        except (OSError, OverflowError) as error:
            raise ElfError(f"it cannot be read: {error}") from error

    def near(self, offset: int, size: int) -> bool:  # noqa: ARG002
        return True


def _of_file(path: Path) -> Architectures:
    number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        about = os.fstat(number)
        source = _File(number, about.st_size)
        if not stat.S_ISREG(about.st_mode) or source.read(0, len(MAGIC)) != MAGIC or about.st_size < 64:
            return Architectures()
        parts = find_sections(source, _SECTIONS)
        fatbins = Fatbins()
        for offset, size in [(0, loaded_size(source))] if parts is None else parts:
            _feed(fatbins, source, offset, offset + size)
        return fatbins.tally.architectures
    finally:
        os.close(number)


def _feed(fatbins: Fatbins, source: _File, place: int, end: int) -> None:
    """What lies there; payloads are passed over."""
    while place < end and (data := source.read(place, min(_HEADERS, end - place))):
        fatbins.feed(place, data)
        place = max(fatbins.wants, place + len(data))


__all__ = ["image_architectures", "tree_architectures"]
