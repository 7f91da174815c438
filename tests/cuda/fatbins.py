"""Fat binaries as nvcc lays them out, with payloads of zeros, and ELF files that hold them."""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping, Sequence

MAGIC = 0xBA55ED50
# What nvcc 13.2 writes: bit 20 for features of one architecture, 21 for those of a family, 15 for what is compressed.
FLAGS = {"": 0x11, "a": 0x0010_0011, "f": 0x0120_0011}


def entry(name: str, *, payload: int = 96, kind: int | None = None, header: int = 64) -> bytes:
    """The entry of "sm_90a" or "compute_120"."""
    found = re.fullmatch(r"(sm|compute)_([0-9]+)([af]?)", name)
    assert found is not None
    what = kind if kind is not None else 2 if found[1] == "sm" else 1
    flags = FLAGS[found[3]] | (0x8000 if found[1] == "compute" else 0)
    head = struct.pack("<HHIQIIIIQQ", what, 0x101, header, payload, 0, 0, 0x10008, int(found[2]), 0, flags)
    return head.ljust(header, b"\0") + b"\0" * payload


def fatbin(*names: str, payload: int = 96, header: int = 64) -> bytes:
    """A fat binary with an entry each for "sm_80", "compute_90" ..."""
    return container(b"".join(entry(name, payload=payload, header=header) for name in names))


def container(entries: bytes) -> bytes:
    """A fat binary with ``entries``."""
    return struct.pack("<IHHQ", MAGIC, 1, 16, len(entries)) + entries


def with_sections(elf: bytes, sections: Mapping[str, bytes]) -> bytes:
    """The ELF file ``elf`` (64 bits, little-endian) with ``sections`` at its end, and a table of them."""
    names = b"\0"
    body = elf
    rows: list[Sequence[int]] = [(0,) * 10]
    for name, content in sections.items():
        body += b"\0" * (-len(body) % 8)
        rows.append((len(names), 1, 2, 0, len(body), len(content), 0, 0, 8, 0))
        names += name.encode() + b"\0"
        body += content
    rows.append((len(names), 3, 0, 0, len(body), len(names) + 10, 0, 0, 1, 0))
    names += b".shstrtab\0"
    body += names
    table = b"".join(struct.pack("<IIQQQQIIQQ", *row) for row in rows)
    head = bytearray(body)
    struct.pack_into("<Q", head, 40, len(body))
    struct.pack_into("<HHH", head, 58, 64, len(rows), len(rows) - 1)
    return bytes(head) + table
