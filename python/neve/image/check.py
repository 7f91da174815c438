"""Checking every byte of an OCI image layout: sizes, digests and the diff_ids of its layers."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from neve.errors import NeveError, collected
from neve.image.layout import Descriptor, Image, Layer, Layout
from neve.image.unpacked import unpacked
from neve.progress import Progress, Silent

if TYPE_CHECKING:
    from _hashlib import HASH

_CHUNK = 1 << 20


def check(path: Path, *, progress: Progress | None = None, architecture: str | None = None) -> Image:
    """Verify the image of the layout at ``path``, layer by layer, each read once and never held whole.

    Raises NeveError for a layout that cannot be read, or for all the blobs that are missing, have another
    size or digest than their descriptor says, or another diff_id than the config says.
    """
    layout = Layout(path)
    image = layout.image(architecture)
    shown = progress or Silent()

    def problem(layer: Layer) -> NeveError | None:
        descriptor = layer.descriptor
        shown.start(descriptor.digest, f"checking {descriptor.digest[:19]}", descriptor.size)
        found = _layer_problem(layout, layer, shown)
        shown.finish(descriptor.digest, failed=found is not None)
        return found

    # zlib, zstd and SHA-256 release the interpreter's lock, so threads use the cores.
    unique = {layer.descriptor.digest: layer for layer in image.layers}
    with ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1)) as pool:
        problems: Iterable[NeveError | None] = list(pool.map(problem, unique.values()))
    error = collected(found for found in problems if found is not None)
    if error is not None:
        raise error
    return image


class _Hashed(io.RawIOBase):
    """A file that digests what is read from it."""

    def __init__(self, file: BinaryIO, digest: HASH, key: str, progress: Progress) -> None:
        self._file, self._digest, self._key, self._progress = file, digest, key, progress
        self.size = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        data = self._file.read(_CHUNK if size < 0 else size)
        self._digest.update(data)
        self.size += len(data)
        self._progress.advance(self._key, len(data))
        return data

    def drain(self) -> None:
        while self.read(_CHUNK):
            pass


def _layer_problem(layout: Layout, layer: Layer, progress: Progress) -> NeveError | None:
    descriptor, path = layer.descriptor, layout.blob(layer.descriptor.digest)
    digest = hashlib.new(descriptor.digest.partition(":")[0])
    inner = hashlib.new(layer.diff_id.partition(":")[0])
    unpacked: str | None = None
    try:
        with path.open("rb") as file:
            hashed = _Hashed(file, digest, descriptor.digest, progress)
            try:
                _unpacked(hashed, descriptor, inner)
            except Exception as error:
                # What the decompressors raise has no common class; an error of the file system has a number.
                if isinstance(error, OSError) and error.errno is not None:
                    raise
                unpacked = str(error)
            hashed.drain()
    except OSError as error:
        return _wrong(path, descriptor, f"it cannot be read: {error.strerror or error}")
    if hashed.size != descriptor.size:
        return _wrong(path, descriptor, f"it has {hashed.size} bytes, {descriptor.size} expected")
    if _named(digest) != descriptor.digest:
        return _wrong(path, descriptor, f"its digest is {_named(digest)}")
    if unpacked is not None:
        return _wrong(path, descriptor, f"it is not {descriptor.media_type}: {unpacked}")
    if _named(inner) != layer.diff_id:
        return _wrong(path, descriptor, f"its diff_id is {_named(inner)}, the config says {layer.diff_id}")
    return None


def _unpacked(file: _Hashed, descriptor: Descriptor, digest: HASH) -> None:
    stream = unpacked(cast("BinaryIO", file), descriptor.media_type)
    while data := stream.read(_CHUNK):
        digest.update(data)


def _named(digest: HASH) -> str:
    return f"{digest.name}:{digest.hexdigest()}"


def _wrong(path: Path, descriptor: Descriptor, why: str) -> NeveError:
    return NeveError(
        f"the layer {descriptor.digest} is broken",
        where=str(path),
        why=why,
        fixes=["build the image again: neve build"],
    )


__all__ = ["check"]
