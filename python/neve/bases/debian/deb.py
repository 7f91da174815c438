"""Unpacking a .deb without dpkg (deb(5)), for programs that run from neve's cache."""

from __future__ import annotations

import os
import posixpath
import shutil
import sys
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import RawIOBase
from pathlib import Path
from types import ModuleType
from typing import IO, BinaryIO, cast

from neve.errors import NeveError
from neve.files import explained

_MAGIC = b"!<arch>\n"
_HEADER = 60
# Top-level directories that are links into /usr where /usr is merged.
_MERGED = frozenset({"bin", "sbin", "lib", "lib32", "lib64", "libo32", "libx32"})


def unpack(deb: Path, into: Path) -> None:
    """Unpack the files of ``deb`` below the directory ``into``, with /bin, /sbin and /lib* merged into /usr.

    Owners, times and set-user-id bits are left out; links stay, but where one is absolute or would lead
    out of ``into`` it is made relative to it. May run for several packages at once. Raises NeveError for
    a file that is no .deb, that is damaged, or whose content would lie outside of ``into``.
    """
    damage = _damage()
    with explained("unpack", into):
        into.mkdir(parents=True, exist_ok=True)
        root = Path(os.path.realpath(into))
    try:
        with (
            deb.open("rb") as file,
            _data(file) as (name, member),
            _decompressed(name, member) as stream,
            tarfile.open(fileobj=stream, mode="r|") as tar,
        ):
            unpacker = _Unpacker(root)
            for entry in tar:
                with explained(f"unpack {deb.name}", root):
                    unpacker.add(tar, entry)
    except FileNotFoundError as error:
        raise NeveError(f"there is no {deb.name}", where=str(deb)) from error
    except damage as error:
        raise NeveError(f"{deb.name} cannot be unpacked", where=str(deb), why=str(error)) from error


class _Member(RawIOBase):
    """The part of a file that one member of an ar archive takes."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        chunk = self._file.read(min(len(view), self._left))
        if not chunk and self._left:
            raise EOFError("the archive ends too early")
        view[: len(chunk)] = chunk
        self._left -= len(chunk)
        return len(chunk)


@contextmanager
def _data(file: BinaryIO) -> Iterator[tuple[str, IO[bytes]]]:
    """The member data.tar.* and its name. Raises ValueError where there is none."""
    if file.read(len(_MAGIC)) != _MAGIC:
        raise ValueError("it is no ar archive")
    while header := file.read(_HEADER):
        size = header[48:58].strip()
        if len(header) != _HEADER or header[58:] != b"`\n" or not size.isdigit():
            raise ValueError("a header of the ar archive is malformed")
        name = header[:16].decode("ascii", "replace").strip().rstrip("/")
        if name.startswith("data.tar"):
            yield name, cast("IO[bytes]", _Member(file, int(size)))
            return
        file.seek(int(size) + int(size) % 2, os.SEEK_CUR)
    raise ValueError("it has no member data.tar")


def _zstd() -> ModuleType:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd


def _damage() -> tuple[type[Exception], ...]:
    """What the readers of a damaged file raise."""
    from lzma import LZMAError

    return tarfile.TarError, LZMAError, _zstd().ZstdError, zlib.error, EOFError, ValueError, OSError


def _decompressed(name: str, member: IO[bytes]) -> IO[bytes]:
    import bz2
    import gzip
    import lzma

    match name.removeprefix("data.tar"):
        case "":
            return member
        case ".gz":
            return cast("IO[bytes]", gzip.GzipFile(fileobj=member))
        case ".xz" | ".lzma":
            return cast("IO[bytes]", lzma.LZMAFile(member))
        case ".bz2":
            return cast("IO[bytes]", bz2.BZ2File(member))
        case ".zst":
            return cast("IO[bytes]", _zstd().ZstdFile(member))
        case suffix:
            raise ValueError(f"its data is compressed in a way that neve does not know: {suffix}")


class _Unpacker:
    """Puts the entries of a tar archive below ``root``, an absolute path without links."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folders: dict[str, Path] = {}

    def add(self, tar: tarfile.TarFile, entry: tarfile.TarInfo) -> None:
        path = _inside(entry.name)
        if path == "." or (path in _MERGED and entry.issym()):
            return  # the root itself, and the links that base-files ships: made when something needs them
        path = self._merged(path)
        if entry.isdir():
            self._folder(path)
            return
        if not (entry.isreg() or entry.issym() or entry.islnk()):
            raise ValueError(f"{entry.name} is neither a file, a directory nor a link")
        place = self._folder(posixpath.dirname(path)) / posixpath.basename(path)
        if place.is_dir() and not place.is_symlink():
            if entry.issym():
                return  # as dpkg does: a directory is not replaced by a link
            raise ValueError(f"{entry.name} is a directory already")
        place.unlink(missing_ok=True)
        if entry.issym():
            place.symlink_to(self._target(entry, place))
        elif entry.islnk():
            other = self._merged(_inside(entry.linkname))
            source = self._folder(posixpath.dirname(other)) / posixpath.basename(other)
            os.link(source, place, follow_symlinks=False)
        else:
            content = tar.extractfile(entry)
            if content is None:
                raise ValueError(f"{entry.name} has no content")
            with content, place.open("xb") as out:
                shutil.copyfileobj(content, out, 1 << 18)
            place.chmod(0o644 | (entry.mode & 0o111))

    def _merged(self, path: str) -> str:
        top, _, _ = path.partition("/")
        if top not in _MERGED:
            return path
        link = self._root / top
        if not link.is_symlink():
            try:
                link.symlink_to(f"usr/{top}")
            except FileExistsError:  # another package of the same root was faster
                if not link.is_symlink():
                    raise
        return f"usr/{path}"

    def _folder(self, path: str) -> Path:
        """The real directory that ``path`` is, made where it is missing."""
        place = self._folders.get(path)
        if place is None:
            place = Path(os.path.realpath(self._root / path))
            if place != self._root and self._root not in place.parents:
                raise ValueError(f"{path} leads out of the directory")
            place.mkdir(parents=True, exist_ok=True)
            self._folders[path] = place  # stays true: directories are never replaced
        return place

    def _target(self, entry: tarfile.TarInfo, place: Path) -> str:
        """What the link ``entry`` at ``place`` has to say, so that it stays inside of the root."""
        written = posixpath.dirname(_inside(entry.name))
        # Above "/" there is nothing: that is how a link of the package reads where the root is "/".
        meant = posixpath.normpath(posixpath.join("/", written, entry.linkname)).lstrip("/")
        if meant.partition("/")[0] in _MERGED:
            meant = f"usr/{meant}"
        here = place.parent.relative_to(self._root).as_posix()
        return posixpath.relpath(f"/{meant}", f"/{here}")


def _inside(name: str) -> str:
    path = posixpath.normpath(name.lstrip("/"))
    if path == ".." or path.startswith("../") or "\0" in path:
        raise ValueError(f"{name} leads out of the directory")
    return path


__all__ = ["unpack"]
