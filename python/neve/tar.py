"""Reading a compressed tar that nobody vouches for: its headers do not fill the memory, and it ends."""

from __future__ import annotations

import gzip
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

_MIB = 1 << 20
_LARGEST_HEADER = 1 * _MIB
_META = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)


class Header(tarfile.TarInfo):
    """A header of a tar archive. What tarfile itself reads into memory, long names and extended headers, is small.

    Raises ValueError for what is not, and for sparse files.
    """

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Header:
        """The header in ``buf``, a block of the archive."""
        header = super().frombuf(buf, encoding, errors)
        if header.type == tarfile.GNUTYPE_SPARSE:
            raise ValueError(f"{header.name!r} is a sparse file")
        if header.type in _META and header.size > _LARGEST_HEADER:
            raise ValueError(f"{header.name!r} is larger than {_LARGEST_HEADER} bytes")
        return header

    def _proc_gnusparse_10(self, *_: Any) -> None:  # tarfile calls it where an extended header says so
        raise ValueError(f"{self.name!r} is a sparse file")


class _Measured:
    """The bytes of a compressed file, up to ``most``: an archive may be made to grow without end."""

    def __init__(self, stream: IO[bytes], most: int) -> None:
        self._stream = stream
        self._most = self._left = most

    def read(self, size: int) -> bytes:
        chunk = self._stream.read(size)
        self._left -= len(chunk)
        if self._left < 0:
            raise ValueError(f"it unpacks to more than {self._most // _MIB} MiB")
        return chunk


@contextmanager
def open_tar(archive: Path, most: int) -> Iterator[tuple[tarfile.TarFile, IO[bytes]]]:
    """The .tar.gz ``archive``, to be read once from its start, and the stream that it is read from.

    Reading it raises ValueError for one that unpacks to more than ``most`` bytes, and what :class:`Header` raises.
    """
    with gzip.open(archive) as opened:
        stream = cast("IO[bytes]", _Measured(cast("IO[bytes]", opened), most))
        with tarfile.open(fileobj=stream, mode="r|", tarinfo=Header) as tar:
            yield tar, stream


__all__ = ["Header", "open_tar"]
