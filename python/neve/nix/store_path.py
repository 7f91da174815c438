"""Store paths computed without Nix: its base 32, its compressed hashes, its archive format (NAR).

The formats are those of the Nix manual, "Store Path Specification" and "Nix Archive (NAR) format".
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from neve.errors import NeveError

STORE = "/nix/store"
_DIGITS = "0123456789abcdfghijklmnpqrsvwxyz"
_NAME = re.compile(r"[0-9A-Za-z+_?=-][0-9A-Za-z+._?=-]{0,210}")
_PATH = re.compile(rf"{STORE}/[{_DIGITS}]{{32}}-([0-9A-Za-z+._?=-]+)")
_CHUNK = 1 << 20


def base32(data: bytes) -> str:
    """Nix's base 32 of ``data``: least significant digit last, an alphabet without e, o, t and u."""
    length = (len(data) * 8 + 4) // 5
    number = int.from_bytes(data, "little")
    return "".join(_DIGITS[number >> (5 * place) & 31] for place in reversed(range(length)))


def check_name(name: str) -> str:
    """Give ``name`` back; raises NeveError where a store path may not be called so."""
    if not _NAME.fullmatch(name):
        raise NeveError(
            f"{name!r} cannot be the name of a store path",
            why="Nix allows letters, digits and + - . _ ? = there, no dot in front, and 211 characters",
        )
    return name


def path_name(store_path: str) -> str:
    """The name in a store path, without its hash: ``hello-2.12`` of ``/nix/store/…-hello-2.12/bin``.

    Raises NeveError where ``store_path`` is none.
    """
    found = _PATH.match(store_path)
    if not found:
        raise NeveError(f"{store_path!r} is not a store path", fixes=[f"store paths begin with {STORE}/"])
    return found.group(1)


def fixed_path(name: str, sha256_hex: str) -> str:
    """The store path of the single file ``name`` that is pinned by the SHA-256 of its content."""
    inner = hashlib.sha256(f"fixed:out:sha256:{sha256_hex}:".encode()).hexdigest()
    return _path("output:out", inner, name)


def directory_path(name: str, nar_sha256_hex: str) -> str:
    """The store path of the tree ``name`` without references that is pinned by the SHA-256 of its NAR."""
    return _path("source", nar_sha256_hex, name)


def nar_sha256(tree: Path) -> str:
    """The SHA-256 of ``tree`` as a NAR, in hexadecimal; raises NeveError on a device or a socket."""
    digest = hashlib.sha256()
    for chunk in _nar(tree):
        digest.update(chunk)
    return digest.hexdigest()


def _path(kind: str, hash_hex: str, name: str) -> str:
    fingerprint = f"{kind}:sha256:{hash_hex}:{STORE}:{check_name(name)}"
    folded = bytearray(20)
    for index, byte in enumerate(hashlib.sha256(fingerprint.encode()).digest()):
        folded[index % 20] ^= byte
    return f"{STORE}/{base32(bytes(folded))}-{name}"


def _nar(tree: Path) -> Iterator[bytes]:
    yield _text("nix-archive-1")
    yield from _node(tree)


def _node(path: Path) -> Iterator[bytes]:
    status = path.lstat()
    yield _text("(") + _text("type")
    if stat.S_ISLNK(status.st_mode):
        yield _text("symlink") + _text("target") + _text(os.fsencode(path.readlink()))
    elif stat.S_ISREG(status.st_mode):
        yield _text("regular")
        if status.st_mode & stat.S_IXUSR:
            yield _text("executable") + _text("")
        yield _text("contents")
        yield from _contents(path, status.st_size)
    elif stat.S_ISDIR(status.st_mode):
        yield _text("directory")
        for entry in sorted(path.iterdir(), key=os.fsencode):  # by bytes, not by locale
            yield _text("entry") + _text("(") + _text("name") + _text(os.fsencode(entry.name)) + _text("node")
            yield from _node(entry)
            yield _text(")")
    else:
        raise NeveError("only files, directories and symbolic links go into a Nix store", where=str(path))
    yield _text(")")


def _contents(path: Path, size: int) -> Iterator[bytes]:
    yield size.to_bytes(8, "little")
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
    yield bytes(-size % 8)


def _text(value: str | bytes) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return len(data).to_bytes(8, "little") + data + bytes(-len(data) % 8)


__all__ = [
    "STORE",
    "base32",
    "check_name",
    "directory_path",
    "fixed_path",
    "nar_sha256",
    "path_name",
]
