"""A layer's blob as the tar that it holds."""

from __future__ import annotations

import gzip
import sys
from typing import BinaryIO, cast


def unpacked(file: BinaryIO, media_type: str) -> BinaryIO:
    """The stream of the tar in ``file``, a layer's blob of ``media_type`` (image-spec 1.1, layer.md)."""
    if media_type.endswith("+gzip"):
        return cast("BinaryIO", gzip.GzipFile(fileobj=file))
    if media_type.endswith("+zstd"):
        if sys.version_info >= (3, 14):
            from compression import zstd
        else:
            from backports import zstd
        return cast("BinaryIO", zstd.ZstdFile(file))
    return file


__all__ = ["unpacked"]
