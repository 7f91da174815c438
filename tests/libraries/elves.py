"""ELF files that are no more than their headers and a dynamic section, and wheels that hold them."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from neve.libraries.elf import ElfError

_BASE = 0x400000


@dataclass
class Bytes:
    """A Source of what is in memory; ``far`` makes all reading dear."""

    data: bytes
    far: bool = False

    @property
    def size(self) -> int:
        return len(self.data)

    def read(self, offset: int, size: int) -> bytes:
        if offset < 0 or size < 0:
            raise ElfError("a place that cannot be")
        return self.data[offset : offset + size]

    def near(self, offset: int, size: int) -> bool:  # noqa: ARG002
        return not self.far


def elf(
    *,
    needed: Sequence[str] = (),
    soname: str | None = None,
    runpath: str | None = None,
    versions: Mapping[str, Sequence[str]] | None = None,
    bits: int = 64,
    little: bool = True,
    machine: int = 62,
    program: bool = False,
    padding: int = 0,
    strings_first: bool = True,
    code: bytes = b"",
    behind: bytes = b"",
) -> bytes:
    """A shared object; ``padding`` bytes of zeros and ``code`` lie before its dynamic section, ``behind`` after it."""
    order = "<" if little else ">"
    wide = bits == 64
    names = bytearray(b"\0")

    def index(text: str) -> int:
        place = len(names)
        names.extend(text.encode() + b"\0")
        return place

    entries = [(1, index(name)) for name in needed]
    entries += [(14, index(soname))] if soname is not None else []
    entries += [(29, index(runpath))] if runpath is not None else []
    verneed = _verneed(versions or {}, index, order)
    header = 64 if wide else 52
    shape, one = ("IIQQQQQQ", 56) if wide else ("IIIIIIII", 32)
    count = 3 if program else 2
    start = header + one * count
    parts = [bytes(names), verneed] if strings_first else [verneed, bytes(names)]
    places = [start, start + len(parts[0])]
    strtab, version_place = places if strings_first else places[::-1]
    body = b"".join(parts) + b"\0" * padding + code
    dynamic = start + len(body)
    entries += [(5, _BASE + strtab), (10, len(names))]
    entries += [(0x6FFFFFFE, _BASE + version_place), (0x6FFFFFFF, len(versions or {}))] if versions else []
    section = b"".join(struct.pack(order + ("qQ" if wide else "iI"), *entry) for entry in [*entries, (0, 0)])
    total = dynamic + len(section) + len(behind)
    ident = b"\x7fELF" + bytes([2 if wide else 1, 1 if little else 2, 1]) + b"\0" * 9
    fields = "HHIQQQIHHHHHH" if wide else "HHIIIIIHHHHHH"
    head = ident + struct.pack(order + fields, 3, machine, 1, 0, header, 0, 0, header, one, count, 0, 0, 0)

    def segment(kind: int, offset: int, size: int) -> bytes:
        if wide:
            return struct.pack(order + shape, kind, 4, offset, _BASE + offset, 0, size, size, 1)
        return struct.pack(order + shape, kind, offset, _BASE + offset, 0, size, size, 4, 1)

    segments = segment(1, 0, total) + segment(2, dynamic, len(section))
    segments += segment(3, 0, 4) if program else b""
    return head + segments + body + section + behind


def _verneed(versions: Mapping[str, Sequence[str]], index, order: str) -> bytes:  # type: ignore[no-untyped-def]  # noqa: ANN001
    out = b""
    for number, (library, names) in enumerate(versions.items()):
        size = 16 + 16 * len(names)
        last = number == len(versions) - 1
        out += struct.pack(order + "HHIII", 1, len(names), index(library), 16, 0 if last else size)
        for place, name in enumerate(names):
            out += struct.pack(order + "IHHII", 0, 0, 2, index(name), 0 if place == len(names) - 1 else 16)
    return out


def wheel_of(files: Mapping[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A wheel's archive with ``files``."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for path, content in files.items():
            archive.writestr(zipfile.ZipInfo(path), content, compress_type=compression)
    return out.getvalue()
