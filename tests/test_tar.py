"""Headers that nobody vouches for, in both kinds of archives that neve looks through."""

from __future__ import annotations

import gzip
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.interpreter.archive import check_archive
from neve.python.sdist_archive import read_archive
from neve.tar import open_tar

BLOCK = tarfile.BLOCKSIZE
NAMES = {
    tarfile.GNUTYPE_LONGNAME: "larger than",
    tarfile.GNUTYPE_LONGLINK: "larger than",
    tarfile.XHDTYPE: "larger than",
    tarfile.XGLTYPE: "larger than",
    tarfile.SOLARIS_XHDTYPE: "larger than",
    tarfile.GNUTYPE_SPARSE: "sparse",
}


def header(kind: bytes, size: int) -> bytes:
    info = tarfile.TarInfo("odd")
    info.type, info.size = kind, size
    return info.tobuf(tarfile.GNU_FORMAT)


def extended(**values: str) -> bytes:
    """A member with an extended header."""
    info = tarfile.TarInfo("python/x")
    info.pax_headers = {key.replace("_", "."): value for key, value in values.items()}
    return info.tobuf(tarfile.PAX_FORMAT)


SPARSE = extended(GNU_sparse_major="1", GNU_sparse_minor="0", GNU_sparse_realsize="1")


def read_interpreter(path: Path) -> None:
    check_archive(path, path.name, "3.12")


def read_sdist(path: Path) -> None:
    read_archive(path, path.name)


@pytest.mark.parametrize("read", [read_interpreter, read_sdist])
@pytest.mark.parametrize(
    ("content", "why"),
    [*((header(kind, 1 << 30), why) for kind, why in NAMES.items()), (SPARSE + b"9" * BLOCK, "sparse")],
)
def test_headers_that_would_fill_the_memory(
    read: Callable[[Path], None], content: bytes, why: str, tmp_path: Path
) -> None:
    path = tmp_path / "x-1.0.tar.gz"
    path.write_bytes(gzip.compress(content + b"\0" * 2 * BLOCK))
    with pytest.raises(NeveError, match=r"x-1\.0\.tar\.gz") as caught:
        read(path)
    assert why in (caught.value.why or "")


def test_long_names_are_read_and_what_is_between_the_members_counts(tmp_path: Path) -> None:
    info = tarfile.TarInfo("a/" * 2000 + "b")
    info.pax_headers = {"comment": "x" * 5000}
    path = tmp_path / "a.tar.gz"
    for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        path.write_bytes(gzip.compress(info.tobuf(form) + b"\0" * 2 * BLOCK))
        with open_tar(path, 1 << 20) as (tar, _):
            assert tar.getnames() == [info.name]
    padding = header(tarfile.XGLTYPE, 3 << 18) + b"16 comment=xxxx\n".ljust(3 << 18, b"\0")
    path.write_bytes(gzip.compress(padding + tarfile.TarInfo("a").tobuf() + padding + tarfile.TarInfo("b").tobuf()))
    with pytest.raises(ValueError, match="more than 1 MiB"), open_tar(path, 1 << 20) as (tar, _):
        tar.getnames()
