"""Fat binaries: what GPUs the code is for that nvcc embeds in a library or a program.

A fat binary is a header (magic, version 1, its own size, the size of what follows) and entries, one after the other:
each has a header with its kind, its sizes, its GPU architecture and flags, and a payload, which may be compressed. They
lie in the sections ``.nv_fatbin`` and ``__nv_relfatbin`` of an ELF file, one after the other with padding between.
NVIDIA documents no layout; this one was checked against what cuobjdump lists (tests/cuda/test_fatbin.py).
"""

from __future__ import annotations

import struct
import sys
from collections import Counter
from collections.abc import Iterable

from neve.cuda.architectures import Architecture, Architectures, architectures

_START = struct.pack("<IHH", 0xBA55ED50, 1, 16)  # magic, version, size of the header: always the same
_HEADER = struct.Struct("<8xQ")  # that, and the size of all entries
_ENTRY = struct.Struct("<HHIQ12xI8xQ")  # kind, version, size of this header, size of the payload, sm, flags
_PTX, _CUBIN = 1, 2
_OWN, _FAMILY = 1 << 20, 1 << 21  # of the flags: for features of this architecture alone, of its family alone
_LARGEST = 1 << 12  # bytes of an entry's header: 64 to 112 are known
_NUMBERS = range(10, 1000)  # of sm_N
# An architecture that fewer have does not tell what a wheel runs on: PyTorch has PTX in 2 of 544, cuSPARSELt code for
# 7.5 in 1 of 995, and neither makes it run there.
_SHARE = 100
_EFFORT = 1 << 18  # headers, of fat binaries and of entries: the largest libraries of CUDA have 12,000


class Tally:
    """How many fat binaries have code for which architecture."""

    def __init__(self) -> None:
        self._all = self._with_sass = 0
        self._sass: Counter[Architecture] = Counter()
        self._ptx: Counter[Architecture] = Counter()

    def count(self, sass: Iterable[Architecture], ptx: Iterable[Architecture]) -> None:
        """One more, which has these."""
        real, virtual = set(sass), set(ptx)
        self._all += bool(real or virtual)
        self._with_sass += bool(real)
        self._sass.update(real)
        self._ptx.update(virtual)

    def add(self, other: Tally) -> None:
        """Those of ``other`` as well."""
        self._all += other._all
        self._with_sass += other._with_sass
        self._sass += other._sass
        self._ptx += other._ptx

    @property
    def architectures(self) -> Architectures:
        """What they are for: the architectures that at least one in a hundred has. Machine code is compared with what
        else has machine code, PTX with all, as it must do in place of it.
        """
        return architectures(
            (one for one, number in self._sass.items() if number * _SHARE >= self._with_sass),
            (one for one, number in self._ptx.items() if number * _SHARE >= self._all),
        )


class Effort:
    """How many headers may still be looked at, in all files that share it: those of strangers may have little else."""

    def __init__(self, left: int = _EFFORT) -> None:
        self.left = left


class Fatbins:
    """Looks for fat binaries in bytes that come in their order, keeps no more of them than a header, and counts.

    What is no fat binary is passed over; one counts when its entries have the size that it says, to the byte. Where
    ``effort`` ends, nothing more is wanted, and what has code for which GPUs is not known.
    """

    def __init__(self, effort: Effort) -> None:
        self._effort = effort
        self._place = 0  # what lies before is done with
        self._rest = b""  # what was fed from there on, too short to be read
        self._end = 0  # of the fat binary that is being read
        self._new: set[tuple[int, Architecture]] = set()
        self._tally = Tally()

    @property
    def tally(self) -> Tally | None:
        """What was counted. None where the effort has ended: a part of the code would tell of GPUs that it runs on
        none of them, so all files that share the effort are unknown alike.
        """
        return self._tally if self._effort.left > 0 else None

    @property
    def wants(self) -> int:
        """Where the next byte lies that was not fed and matters; where no file reaches once the effort is spent."""
        if self._effort.left <= 0:
            return sys.maxsize
        return self._place + len(self._rest)

    def feed(self, offset: int, data: bytes) -> None:
        """Take the bytes at ``offset``. Those that were fed before, or do not matter, are passed over."""
        begin = self.wants
        if offset + len(data) <= begin:
            return
        if offset > begin:  # a gap that was not asked for
            self._forget(offset)
            begin = offset
        rest = self._rest + data[begin - offset :] if self._rest else data
        start = self._place if self._rest else offset
        self._rest = b""
        while self._place < start + len(rest) and self._effort.left > 0:
            step = self._entry if self._place < self._end else self._header
            if not step(rest, self._place - start):
                self._rest = rest[self._place - start :]
                return

    def _forget(self, offset: int) -> None:
        self._place, self._rest, self._end = offset, b"", 0

    def _header(self, data: bytes, at: int) -> bool:
        """Look for the next fat binary; False where ``data`` is too short to tell."""
        found = data.find(_START, at)
        if found < 0:
            # It may begin in the last bytes.
            self._place += max(len(data) - at - len(_START) + 1, 0)
            return False
        self._place += found - at
        if len(data) - found < _HEADER.size:
            return False
        self._effort.left -= 1
        (size,) = _HEADER.unpack_from(data, found)
        if size >= _ENTRY.size:
            self._new = set()
            self._place += _HEADER.size
            self._end = self._place + size
        else:
            self._place += len(_START)
        return True

    def _entry(self, data: bytes, at: int) -> bool:
        """Read the header of an entry; False where ``data`` is too short for it."""
        if len(data) - at < _ENTRY.size:
            return False
        self._effort.left -= 1
        kind, _, own, size, number, flags = _ENTRY.unpack_from(data, at)
        following = self._place + own + size
        if not _ENTRY.size <= own <= _LARGEST or following > self._end or number not in _NUMBERS:
            self._end = 0  # none: go on looking from here
            return True
        if kind in (_PTX, _CUBIN):
            which = "a" if flags & _OWN else "f" if flags & _FAMILY else ""
            self._new.add((kind, Architecture.of(number, which)))
        self._place = following
        if following == self._end:
            self._tally.count(*({one for kind, one in self._new if kind == which} for which in (_CUBIN, _PTX)))
        return True


__all__ = ["Effort", "Fatbins", "Tally"]
