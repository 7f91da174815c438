"""The ELF files of a wheel, read out of the archive as it is; nothing is unpacked."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from neve.cuda.architectures import Architectures
from neve.cuda.fatbin import Effort, Fatbins, Tally
from neve.errors import NeveError
from neve.libraries.elf import MAGIC, Elf, ElfError, loaded_size, parse_elf

_CHUNK = 1 << 20
_HEAD = 4 * _CHUNK  # kept of each file: where most have all that is asked for
_MEMBERS = 500_000
# What a wheel may make us decompress, for each of its own bytes: code is packed to a third, holes in data to less.
_RATIO = 200
_FREE = 64 << 20

# What is no machine code, by its name: most of a wheel's files, and opening each would take longer than all else.
_TEXT = re.compile(
    r"(c|cc|cfg|cmake|cpp|css|csv|cuh?|f|f90|gif|gz|h|hpp|html|inc|ipynb|jpg|js|json|map|md|mo|np[yz]|pl|png|po|pxd|"
    r"py[cix]?|qml?|rst|sh|svg|tcl|tif|tmpl|ts|ttf|txt|typed|wav|xml|xz|yaml|yml|zip)\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class WheelFiles:
    """The ELF files of a wheel by their path in it; ``unreadable`` says of others why they cannot be read. ``gpu`` is
    the GPU architectures that the code in them is for, all files together (neve.cuda.fatbin.Tally); of none where that
    is not known.
    """

    files: dict[str, Elf]
    unreadable: dict[str, str]
    gpu: Architectures = field(default_factory=Architectures)


def read_wheel(path: Path) -> WheelFiles:
    """The ELF files of the wheel at ``path``. Raises NeveError where it is no archive."""
    files: dict[str, Elf] = {}
    unreadable: dict[str, str] = {}
    tally, effort = Tally(), Effort()
    try:
        budget = _Budget(_FREE + _RATIO * path.stat().st_size)
        with zipfile.ZipFile(path) as archive:
            for info in _members(archive):
                try:
                    with _Member(archive, info, budget, effort) as member:
                        if member.read(0, len(MAGIC)) == MAGIC:
                            found = parse_elf(member)
                            if (gpu := member.fatbins(loaded_size(member))) is not None:
                                tally.add(gpu)
                            files[info.filename] = found
                except ElfError as error:
                    unreadable[info.filename] = str(error)
    except (OSError, zipfile.BadZipFile, ValueError, RuntimeError, EOFError, OverflowError, struct.error) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise NeveError(f"{path.name} is no archive that can be read", where=str(path), why=why or None) from error
    known = tally.architectures if effort.left > 0 else Architectures()
    return WheelFiles(files=files, unreadable=unreadable, gpu=known)


def _members(archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    found = archive.infolist()
    if len(found) > _MEMBERS:
        raise ValueError(f"it has {len(found)} files")
    for info in found:
        name = info.filename
        suffix = name.rpartition("/")[2].rpartition(".")[2]
        if not info.is_dir() and info.file_size > len(MAGIC) and not _TEXT.match(suffix) and name.isprintable():
            yield info


class _Budget:
    """How many bytes may still be decompressed, over all files of a wheel."""

    def __init__(self, size: int) -> None:
        self.left = size

    def take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise ElfError("the wheel holds far more than its size explains")


class _Member:
    """A file of the archive as a Source: its beginning is kept, the rest is read past, from the start again where an
    earlier place is asked for.
    """

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: _Budget, effort: Effort) -> None:
        self.size = info.file_size
        self._archive, self._info, self._budget = archive, info, budget
        self._stream: IO[bytes] | None = None
        self._head = b""
        self._window = b""  # what was read last, which ends at _place
        self._place = 0
        self._fatbins = Fatbins(effort)

    def __enter__(self) -> _Member:
        return self

    def __exit__(self, *_: object) -> None:
        if self._stream is not None:
            self._stream.close()

    def near(self, offset: int, size: int) -> bool:
        """Whether it lies in what is kept."""
        return min(offset + size, self.size) <= _HEAD

    def read(self, offset: int, size: int) -> bytes:
        """The bytes at ``offset``, fewer at the end. Raises ElfError where they cannot be decompressed."""
        end = min(offset + size, self.size)
        if end <= offset:
            return b""
        try:
            while end > len(self._head) < min(_HEAD, self.size) and self._forward():
                pass
            if end <= len(self._head):
                return self._head[offset:end]
            return self._far(offset, end)
        except ElfError:
            raise
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, struct.error) as error:
            raise ElfError(f"it cannot be decompressed: {error}") from error

    def fatbins(self, end: int) -> Tally | None:
        """The fat binaries in what lies before ``end``; None where the effort has ended. Raises ElfError where they
        cannot be decompressed.
        """
        place = -1
        while place < self._fatbins.wants < end:  # else the file is shorter than the archive says
            place = self._fatbins.wants
            self.read(min(place + _CHUNK, end) - 1, 1)
        return self._fatbins.tally

    def _far(self, offset: int, end: int) -> bytes:
        if offset < self._place - len(self._window):
            if self._stream is not None:
                self._stream.close()
            self._stream, self._window, self._place = None, b"", 0
        while self._place < end and self._forward(keep=self._place - offset):
            pass
        start = offset - (self._place - len(self._window))
        return self._window[start : start + end - offset] if start >= 0 else b""

    def _forward(self, keep: int = 0) -> bool:
        """Read on; of what was read before, the last ``keep`` bytes and the last chunk stay."""
        if self._stream is None:
            # Others may take memory without bound, and no wheel has them.
            if self._info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise ElfError("it is packed as files of wheels are not")
            self._stream = self._archive.open(self._info)
        # The first bytes tell whether there is more to read.
        chunk = self._stream.read(64 if self._place == 0 else _CHUNK)
        self._budget.take(len(chunk))
        # It passes by but once, as a rule: what is looked for in all of it is looked for here.
        self._fatbins.feed(self._place, chunk)
        if self._place == len(self._head) < _HEAD:
            self._head += chunk
        self._window = self._window[-max(keep, _CHUNK) :] + chunk
        self._place += len(chunk)
        return bool(chunk)


__all__ = ["WheelFiles", "read_wheel"]
