"""Reading what a source distribution says of its build without unpacking it (PEP 517, PEP 625)."""

from __future__ import annotations

import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from neve.errors import NeveError
from neve.python.source_tree import Tree, is_telling
from neve.tar import open_tar

_MIB = 1 << 20
_MOST_BYTES = 2048 * _MIB  # unpacked; the largest real ones hold a few hundred MiB
_MOST_ENTRIES = 100_000
_LARGEST_FILE = 1 * _MIB
_MOST_READ = 16 * _MIB  # of all files together
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
    """The text of the pyproject.toml in the root of ``archive``; None where it has setup.py or setup.cfg only. Raises
    NeveError as :func:`read_archive`.
    """
    return read_archive(archive, file).texts.get("pyproject.toml")


def read_archive(archive: Path, file: str) -> Tree:
    """The source tree in ``archive``; ``file`` is the sdist's name.

    Nothing is written. Raises NeveError for an archive that is damaged, that would unpack outside of its directory or
    grow beyond all measure, and for one that is no source tree of Python.
    """
    try:
        entries = _zip_entries(archive) if file.endswith(".zip") else _tar_entries(archive)
        names, found = _tree(entries)
    except _DAMAGE as error:
        raise NeveError(
            f"{file} is not a source distribution that can be read",
            where=str(archive),
            why=str(error) or type(error).__name__,
            fixes=["take another version of the package"],
        ) from None
    if not any(name in found for name in _NAMES):
        raise _refused(file, "it has neither pyproject.toml nor setup.py")
    texts: dict[str, str | None] = {}
    for name, content in found.items():
        errors = "replace" if is_telling(name) else "strict"
        try:
            texts[name] = None if content is None else content.decode(errors=errors)
        except UnicodeDecodeError as error:
            if name == "pyproject.toml":
                raise _refused(file, f"its pyproject.toml is not UTF-8: {error}") from None
            texts[name] = None  # an old setup.py, say
    if "pyproject.toml" in texts and texts["pyproject.toml"] is None:
        raise _refused(file, "its pyproject.toml is no regular file")
    return Tree(names, texts)


def _refused(file: str, why: str) -> NeveError:
    return NeveError(
        f"{file} cannot be built",
        where=file,
        why=why,
        fixes=["take another version of the package, or one with a wheel"],
    )


# An entry: its parts below the root of the archive, whether it is a directory, and its content where it is asked for.
_Entry = tuple[tuple[str, ...], bool, bytes | None]


def _tree(entries: Iterator[_Entry]) -> tuple[tuple[str, ...], dict[str, bytes | None]]:
    """The files of the archive's single directory, and what is read of them; None for what is no file. Raises
    ValueError.
    """
    roots: set[str] = set()
    names: dict[tuple[str, ...], None] = {}
    found: dict[tuple[str, ...], bytes | None] = {}
    read = 0
    for number, (parts, is_directory, content) in enumerate(entries):
        if number >= _MOST_ENTRIES:
            raise ValueError(f"it has more than {_MOST_ENTRIES} entries")
        if len(parts) > 1 or (parts and is_directory):
            roots.add(parts[0])
        if is_directory or len(parts) < 2:
            continue
        names[parts] = None
        if _most(parts) != 0:
            found[parts] = content  # of two with one name the later counts, as for tar and unzip
            read += len(content or b"")
            if read > _MOST_READ:
                raise ValueError(f"what it says of its build is larger than {_MOST_READ} bytes")
    if len(roots) != 1:
        raise ValueError(f"it has {len(roots)} top-level directories instead of one")
    (root,) = roots
    return (
        tuple("/".join(parts[1:]) for parts in names if parts[0] == root),
        {"/".join(parts[1:]): content for parts, content in found.items() if parts[0] == root},
    )


def _most(parts: tuple[str, ...]) -> int | None:
    """How much of a file is read (see :func:`is_telling`)."""
    return is_telling("/".join(parts[1:])) if len(parts) > 1 else 0


def _parts(name: str) -> tuple[str, ...]:
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    if name.startswith("/") or ".." in parts or "\0" in name:
        raise ValueError(f"{name!r} leads out of the source tree")
    return parts


def _small(size: int, name: str) -> None:
    if size > _LARGEST_FILE:
        raise ValueError(f"{name!r} is larger than {_LARGEST_FILE} bytes")


def _tar_entries(archive: Path) -> Iterator[_Entry]:
    with open_tar(archive, _MOST_BYTES) as (tar, _):
        for entry in tar:
            parts = _parts(entry.name)
            content = None
            most = _most(parts)
            if most != 0 and entry.isreg():
                if most is None:
                    _small(entry.size, entry.name)
                file = tar.extractfile(entry)
                content = file.read(-1 if most is None else most) if file is not None else None
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
            most = _most(parts)
            if most != 0 and not info.is_dir() and (info.external_attr >> 28) in (0, 0o10):
                if most is None:
                    _small(info.file_size, info.filename)
                with container.open(info) as file:
                    content = file.read(_LARGEST_FILE + 1 if most is None else most)
                _small(len(content), info.filename)
            yield parts, info.is_dir(), content


__all__ = ["pyproject_of", "read_archive"]
