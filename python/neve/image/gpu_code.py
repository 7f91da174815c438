"""Which GPUs the code in an image is for: its own kernels as well as its wheels'."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

from neve.cuda.architectures import Architectures
from neve.cuda.fatbin import Effort, Fatbins
from neve.errors import NeveError
from neve.image.layout import Layer, Layout
from neve.image.unpacked import unpacked
from neve.libraries.elf import MAGIC
from neve.tar import Header

_CHUNK = 1 << 20


def image_architectures(
    layout: Path, *, architecture: str | None = None, layers: Collection[str] | None = None
) -> dict[str, Architectures]:
    """The files with code for GPUs in the image of the OCI layout at ``layout``, by path ("opt/venv/..."), and the GPU
    architectures that it is for: in the ``layers`` of these names, where they are given. ``architecture`` is that of
    the image ("amd64"). A file of which that is not known is left out. Each layer is read once and never held whole.
    Raises NeveError where it cannot be.
    """
    opened = Layout(layout)
    image = opened.image(architecture)
    chosen = [each for each, name in zip(image.layers, image.names, strict=True) if layers is None or name in layers]

    def read(layer: Layer) -> dict[str, Architectures | None]:
        path = opened.blob(layer.descriptor.digest)
        try:
            with path.open("rb") as blob:
                return dict(_of_layer(unpacked(blob, layer.descriptor.media_type)))
        # What the decompressors raise has no common class.
        except Exception as error:
            why = error.strerror if isinstance(error, OSError) else str(error)
            raise NeveError("a layer cannot be read", where=str(path), why=why, fixes=["neve build"]) from error

    found: dict[str, Architectures | None] = {}
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        for each in pool.map(read, chosen):
            found |= each
    return {path: has for path, has in sorted(found.items()) if has}


def _of_layer(stream: IO[bytes]) -> Iterator[tuple[str, Architectures | None]]:
    """Each ordinary file, None where it is not known: what is nothing for GPUs takes the place of a file of a layer
    below, and so does what is not known.
    """
    with tarfile.open(fileobj=stream, mode="r|", tarinfo=Header) as tar:
        for member in tar:
            if not member.isreg():
                continue
            file = tar.extractfile(member)
            fatbins = Fatbins(Effort())  # one file's own: what it is full of says nothing of those that follow
            place = 0
            while file is not None and (data := file.read(_CHUNK)):
                if place == 0 and not data.startswith(MAGIC):
                    break
                fatbins.feed(place, data)
                place += len(data)
            tally = fatbins.tally
            yield member.name.removeprefix("./"), None if tally is None else tally.architectures


__all__ = ["image_architectures"]
