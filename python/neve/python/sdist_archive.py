"""Reading pyproject.toml out of a source distribution without unpacking it (PEP 517, PEP 625)."""

from __future__ import annotations

import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from neve.errors import NeveError

_MIB = 1 << 20
_MOST_BYTES = 2048 * _MIB  # unpacked; the largest real ones hold a few hundred MiB
_MOST_ENTRIES = 100_000
_LARGEST_FILE = 1 * _MIB
_NAMES = ("pyproject.toml", "setup.py", "setup.cfg")
# What the readers of a damaged archive raise: zipfile says RuntimeError for an encrypted entry and
# NotImplementedError for a compression that it does not know; tarfile follows chained headers by calling itself.
_DAMAGE = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    RuntimeError,
)


def pyproject_of(archive: Path, file: str) -> str | None:
    """The text of the pyproject.toml in the root of ``archive``; None where it has setup.py or setup.cfg only.

    ``file`` is the sdist's name. Nothing is written. Raises NeveError for an archive that is damaged, that would
    unpack outside of its directory or grow beyond all measure, and for one that is no source tree of Python.
    """
    try:
        entries = _zip_entries(archive) if file.endswith(".zip") else _tar_entries(archive)
        found = _root_files(entries)
    except _DAMAGE as error:
        raise NeveError(
            f"{file} is not a source distribution that can be read",
            where=str(archive),
            why=str(error) or type(error).__name__,
            fixes=["take another version of the package"],
        ) from None
    if "pyproject.toml" in found:
        content = found["pyproject.toml"]
        if content is None:
            raise _refused(file, "its pyproject.toml is no regular file")
        try:
            return content.decode()
        except UnicodeDecodeError as error:
            raise _refused(file, f"its pyproject.toml is not UTF-8: {error}") from None
    if not found:
        raise _refused(file, "it has neither pyproject.toml nor setup.py")
    return None


def _refused(file: str, why: str) -> NeveError:
    return NeveError(
        f"{file} cannot be built",
        where=file,
        why=why,
        fixes=["take another version of the package, or one with a wheel"],
    )


# An entry: its parts below the root of the archive, whether it is a directory, and its content where it is asked for.
_Entry = tuple[tuple[str, ...], bool, bytes | None]


def _root_files(entries: Iterator[_Entry]) -> dict[str, bytes | None]:
    """What lies under _NAMES in the archive's single directory; None for what is no file. Raises ValueError."""
    roots: set[str] = set()
    found: dict[tuple[str, ...], bytes | None] = {}
    for number, (parts, is_directory, content) in enumerate(entries):
        if number >= _MOST_ENTRIES:
            raise ValueError(f"it has more than {_MOST_ENTRIES} entries")
        if len(parts) > 1 or (parts and is_directory):
            roots.add(parts[0])
        if _is_wanted(parts) and not is_directory:
            found[parts] = content  # of two with one name the later counts, as for tar and unzip
    if len(roots) != 1:
        raise ValueError(f"it has {len(roots)} top-level directories instead of one")
    (root,) = roots
    return {name: content for (top, name), content in found.items() if top == root}


def _is_wanted(parts: tuple[str, ...]) -> bool:
    return len(parts) == 2 and parts[1] in _NAMES


def _parts(name: str) -> tuple[str, ...]:
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    if name.startswith("/") or ".." in parts or "\0" in name:
        raise ValueError(f"{name!r} leads out of the source tree")
    return parts


def _small(size: int, name: str) -> None:
    if size > _LARGEST_FILE:
        raise ValueError(f"{name!r} is larger than {_LARGEST_FILE} bytes")


class _Measured:
    """The bytes of a compressed file, up to _MOST_BYTES: an archive may be made to grow without end."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._left = _MOST_BYTES

    def read(self, size: int) -> bytes:
        chunk = self._stream.read(size)
        self._left -= len(chunk)
        if self._left < 0:
            raise ValueError(f"it unpacks to more than {_MOST_BYTES // _MIB} MiB")
        return chunk


class _Header(tarfile.TarInfo):
    """A header of a tar archive. What tarfile itself reads into memory, long names and extended headers, is small."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _Header:
        header = super().frombuf(buf, encoding, errors)
        if header.type == tarfile.GNUTYPE_SPARSE:
            raise ValueError(f"{header.name!r} is a sparse file")
        if header.type in _META:
            _small(header.size, header.name)
        return header


_META = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)


def _tar_entries(archive: Path) -> Iterator[_Entry]:
    import gzip

    with (
        gzip.open(archive) as stream,
        tarfile.open(
            fileobj=cast("IO[bytes]", _Measured(cast("IO[bytes]", stream))), mode="r|", tarinfo=_Header
        ) as tar,
    ):
        for entry in tar:
            parts = _parts(entry.name)
            content = None
            if _is_wanted(parts) and entry.isreg():
                _small(entry.size, entry.name)
                file = tar.extractfile(entry)
                content = file.read() if file is not None else None
            yield parts, entry.isdir(), content


def _zip_entries(archive: Path) -> Iterator[_Entry]:
    with zipfile.ZipFile(archive) as container:
        infos = container.infolist()
        if sum(info.file_size for info in infos) > _MOST_BYTES:
            raise ValueError(f"it unpacks to more than {_MOST_BYTES // _MIB} MiB")
        for info in infos:
            parts = _parts(info.filename)
            content = None
            # The upper half of the attributes are the file's mode where Unix made the archive: a link is no file.
            if _is_wanted(parts) and (info.external_attr >> 28) in (0, 0o10):
                _small(info.file_size, info.filename)
                with container.open(info) as file:
                    content = file.read(_LARGEST_FILE + 1)
                _small(len(content), info.filename)
            yield parts, info.is_dir(), content


__all__ = ["pyproject_of"]
