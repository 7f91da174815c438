"""Reading the layers of an image as its users' programs do: as tar streams."""

from __future__ import annotations

import gzip
import sys
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from neve.image.layout import Descriptor, Layout

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


class Entry(NamedTuple):
    """An entry of the layer with number ``layer``, and its content where it is a file."""

    layer: int
    info: tarfile.TarInfo
    content: bytes


def entries(layout: Path, architecture: str | None = None) -> Iterator[Entry]:
    """Every entry of every layer, bottom to top, in the order of the archives; of the image for ``architecture``
    ("arm64"), where there are several.
    """
    opened = Layout(layout)
    for number, layer in enumerate(opened.image(architecture).layers):
        with ExitStack() as stack:
            file = stack.enter_context(opened.blob(layer.descriptor.digest).open("rb"))
            plain = cast("BinaryIO", stack.enter_context(_plain(file, layer.descriptor.media_type)))
            archive = stack.enter_context(tarfile.open(fileobj=plain, mode="r|"))
            for info in archive:
                content = archive.extractfile(info) if info.isreg() else None
                yield Entry(number, info, content.read() if content is not None else b"")


def _plain(file: BinaryIO, media_type: str) -> gzip.GzipFile | zstd.ZstdFile:
    return gzip.GzipFile(fileobj=file) if media_type.endswith("+gzip") else zstd.ZstdFile(file)


def plain_size(layout: Layout, descriptor: Descriptor) -> int:
    """The bytes of a layer's archive, uncompressed."""
    with layout.blob(descriptor.digest).open("rb") as file, _plain(file, descriptor.media_type) as plain:
        return sum(len(chunk) for chunk in iter(lambda: plain.read(1 << 20), b""))


def digests(layout: Path) -> list[str]:
    """The digests of the layers, bottom to top."""
    return [layer.descriptor.digest for layer in Layout(layout).image().layers]
