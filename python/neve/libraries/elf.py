"""What an ELF file says of itself to the loader (the System V gABI), read by its program headers alone.

Files come from strangers: every offset and count is checked, and nothing is read twice in a loop.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

MAGIC = b"\x7fELF"

# e_machine of what neve builds for.
MACHINES: Mapping[str, int] = {"x86_64": 62, "aarch64": 183}

_PT_LOAD, _PT_DYNAMIC, _PT_INTERP = 1, 2, 3
_NEEDED, _STRTAB, _STRSZ, _SONAME, _RPATH, _RUNPATH = 1, 5, 10, 14, 15, 29
_VERNEED, _VERNEEDNUM = 0x6FFFFFFE, 0x6FFFFFFF

# More than any real file has: the largest of the CUDA libraries stay far below.
_SEGMENTS = 1024
_SEGMENT = 256  # bytes of an entry in their table: 32 and 56 are known
_DYNAMIC = 1 << 16  # entries
_NAMES = 4096
_NAME = 4096  # bytes
_VERSIONS = 1 << 16  # bytes of the table


class ElfError(ValueError):
    """A file that begins like an ELF file and is none, or is broken."""


class Source(Protocol):
    """Where the bytes of a file come from."""

    @property
    def size(self) -> int:
        """In bytes."""

    def read(self, offset: int, size: int) -> bytes:
        """The bytes there; fewer where the file ends. Raises ElfError where they cannot be had."""

    def near(self, offset: int, size: int) -> bool:
        """Whether reading there costs nothing."""


@dataclass(frozen=True, kw_only=True)
class Elf:
    """An ELF file: class in bits, ``machine`` (e_machine), whether it is a program with an interpreter of its own.

    ``needed`` are the DT_NEEDED entries in their order, ``runpath`` the directories of DT_RPATH and DT_RUNPATH,
    ``versions`` the symbol versions that it asks others for (``GLIBC_2.34``), sorted; empty where reading them costs.
    """

    bits: int
    little: bool
    machine: int
    program: bool = False
    soname: str | None = None
    needed: tuple[str, ...] = ()
    runpath: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()


class _Segment(NamedTuple):
    kind: int
    offset: int
    address: int
    size: int  # in the file


def parse_elf(source: Source) -> Elf:
    """The ELF file in ``source``. Raises ElfError for one that is broken."""
    head = source.read(0, 64)
    if len(head) < 16 or head[:4] != MAGIC:
        raise ElfError("it is no ELF file")
    if head[4] not in (1, 2) or head[5] not in (1, 2):
        raise ElfError("its class or byte order is unknown")
    bits, order = 32 * head[4], "<" if head[5] == 1 else ">"
    machine, segments = _segments(source, head, bits, order)
    base = Elf(bits=bits, little=order == "<", machine=machine, program=any(s.kind == _PT_INTERP for s in segments))
    dynamic = next((s for s in segments if s.kind == _PT_DYNAMIC and s.size), None)
    if dynamic is None:  # a static program, an object file, what strip left of debugging information
        return base
    return _with_dynamic(base, _Names(source, segments, _dynamic(source, dynamic, bits, order), order))


def loaded_size(source: Source) -> int:
    """Where in the ELF file ``source`` that ends which its program has in memory; what follows are names and debugging
    information. In bytes. Raises ElfError.
    """
    head = source.read(0, 64)
    _, segments = _segments(source, head, 32 * head[4], "<" if head[5] == 1 else ">")
    return min(max((s.offset + s.size for s in segments if s.kind == _PT_LOAD), default=0), source.size)


def _segments(source: Source, head: bytes, bits: int, order: str) -> tuple[int, list[_Segment]]:
    header = struct.Struct(order + ("18xH12xQ14xHH" if bits == 64 else "18xH8xI10xHH"))
    if len(head) < header.size:
        raise ElfError("it ends in its header")
    machine, table, entry, count = header.unpack_from(head)
    if not count:
        return machine, []
    shape = struct.Struct(order + ("I4xQQ8xQ" if bits == 64 else "III4xI"))
    if not shape.size <= entry <= _SEGMENT or count > _SEGMENTS:
        raise ElfError("its table of segments cannot be")
    data = _exactly(source, table, entry * count)
    found = [_Segment(*shape.unpack_from(data, entry * number)) for number in range(count)]
    return machine, found


def _dynamic(source: Source, segment: _Segment, bits: int, order: str) -> Mapping[int, list[int]]:
    """The values of each tag of the dynamic section."""
    pair = struct.Struct(order + ("qQ" if bits == 64 else "iI"))
    if segment.size > _DYNAMIC * pair.size:
        raise ElfError("its dynamic section is too long")
    data = _exactly(source, segment.offset, segment.size - segment.size % pair.size)
    found: dict[int, list[int]] = {}
    for tag, value in pair.iter_unpack(data):
        if tag == 0:
            break
        found.setdefault(tag, []).append(value)
    return found


class _Names:
    """The string table, and what refers to it."""

    def __init__(self, source: Source, segments: Sequence[_Segment], tags: Mapping[int, list[int]], order: str) -> None:
        self.source, self.tags, self.order = source, tags, order
        self._loads = [segment for segment in segments if segment.kind == _PT_LOAD]

    def offset(self, address: int) -> int:
        """Where in the file ``address`` lies."""
        for segment in self._loads:
            if segment.address <= address < segment.address + segment.size:
                return segment.offset + address - segment.address
        raise ElfError("an address lies in no segment")

    def read(self, indices: Sequence[int]) -> dict[int, str]:
        """The strings at ``indices`` of the table."""
        table, size = self._first(_STRTAB), self._first(_STRSZ)
        if table is None or size is None:
            raise ElfError("it has no table of names")
        start = self.offset(table)
        if len(indices) > _NAMES or any(index >= size for index in indices):
            raise ElfError("its names lie outside of their table")
        # In their order in the file, which may be a stream.
        return {index: self._string(start + index, size - index) for index in sorted(set(indices))}

    def _string(self, offset: int, limit: int) -> str:
        found = b""
        for length in (128, _NAME):
            found = self.source.read(offset, min(length, limit))
            end = found.find(b"\0")
            if end >= 0:
                return _text(found[:end])
        raise ElfError("a name does not end")

    def _first(self, tag: int) -> int | None:
        values = self.tags.get(tag)
        return values[0] if values else None

    def versions(self) -> list[int]:
        """Indices of the names of the versions that are asked of others; none where they are not near."""
        address, count = self._first(_VERNEED), self._first(_VERNEEDNUM)
        if address is None or not count:
            return []
        start = self.offset(address)
        if not self.source.near(start, _VERSIONS):
            return []
        data = self.source.read(start, _VERSIONS)
        need, auxiliary = struct.Struct(self.order + "HHIII"), struct.Struct(self.order + "IHHII")
        found: list[int] = []
        place = 0
        # Links only lead on, so that a table which is a ring ends.
        while place + need.size <= len(data):
            _, _, _, first, following = need.unpack_from(data, place)
            inner = place + first
            while inner + auxiliary.size <= len(data) and len(found) < _NAMES // 2:
                *_, name, onward = auxiliary.unpack_from(data, inner)
                found.append(name)
                if not onward:
                    break
                inner += onward
            if not following:
                break
            place += following
        return list(dict.fromkeys(found))


def _with_dynamic(base: Elf, names: _Names) -> Elf:
    tags = names.tags
    needed = tags.get(_NEEDED, [])
    soname, paths = tags.get(_SONAME, [])[:1], [*tags.get(_RPATH, []), *tags.get(_RUNPATH, [])]
    versions = names.versions()
    wanted = [*needed, *soname, *paths, *versions]
    texts = names.read(wanted) if wanted else {}
    return Elf(
        bits=base.bits,
        little=base.little,
        machine=base.machine,
        program=base.program,
        soname=texts[soname[0]] if soname else None,
        needed=tuple(dict.fromkeys(texts[index] for index in needed)),
        runpath=tuple(part for index in paths for part in texts[index].split(":") if part),
        versions=tuple(sorted({texts[index] for index in versions})),
    )


def _exactly(source: Source, offset: int, size: int) -> bytes:
    if offset + size > source.size:
        raise ElfError("it is cut short")
    data = source.read(offset, size)
    if len(data) != size:
        raise ElfError("it is cut short")
    return data


def _text(raw: bytes) -> str:
    # Names are printed and compared: what no real library has in its name is not taken on.
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise ElfError("a name is no text") from None
    if not text.isprintable():
        raise ElfError("a name has control characters")
    return text


__all__ = ["MACHINES", "MAGIC", "Elf", "ElfError", "Source", "loaded_size", "parse_elf"]
