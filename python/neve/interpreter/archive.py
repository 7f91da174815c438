"""The archive of an interpreter, looked through before anything unpacks it, and unpacked for uv to run here."""

from __future__ import annotations

import posixpath
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from neve.errors import NeveError
from neve.files import explained, locked, new_directory
from neve.tar import Header, open_tar

_MOST_BYTES = 2 << 30  # unpacked; real ones hold some 100 to 400 MB
_MOST_MEMBERS = 100_000
_MOST_PADDING = 1 << 20
_DAMAGE = (tarfile.TarError, zlib.error, EOFError, OSError, ValueError, OverflowError, RuntimeError)
ROOT = "python"  # what all of an archive lies below


def check_archive(archive: Path, file: str, python: str) -> None:
    """Raise NeveError where ``archive`` is damaged, would write outside of its directory, or holds no interpreter
    ``python`` ("3.12"); ``file`` is its name. Nothing is written.
    """
    programs = {f"{ROOT}/bin/python{python}", f"{ROOT}/bin/python{python}t"}
    try:
        with open_tar(archive, _MOST_BYTES) as (tar, stream):
            names = {posixpath.normpath(member.name) for member in _members(tar)}
            if len(stream.read(_MOST_PADDING + 1)) > _MOST_PADDING:  # gzip's own checksum comes after it
                raise _UnsafeError("it goes on after its end")
    except _UnsafeError as error:
        raise _refused(archive, file, str(error)) from None
    except _DAMAGE as error:
        raise _refused(archive, file, f"it cannot be read: {str(error) or type(error).__name__}") from None
    if not names & programs:
        raise _refused(archive, file, f"it has no {ROOT}/bin/python{python}")


def unpacked(archive: Path, sha256: str, python: str, cache: Path) -> Path:
    """The program ``python`` ("3.12") of ``archive``, which was checked, unpacked below ``cache``; once for each hash.

    Raises NeveError where the directory cannot be written.
    """
    directory = cache / "pythons" / sha256
    if not directory.is_dir():
        with explained("unpack the interpreter", directory):
            directory.parent.mkdir(parents=True, exist_ok=True)
            with locked(directory.parent / ".lock"):
                if not directory.is_dir():
                    with new_directory(directory) as new, tarfile.open(archive, "r:gz", tarinfo=Header) as tar:
                        tar.extraction_filter = lambda member, _: _ours(member)
                        tar.extractall(new, members=map(_ours, _members(tar)))  # noqa: S202 - each is looked at
    programs = [directory / ROOT / "bin" / f"python{python}{suffix}" for suffix in ("", "t")]
    return next((program for program in programs if program.exists()), programs[0])


class _UnsafeError(Exception):
    pass


def _members(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """The members of ``tar``, each after it was looked at. Raises _UnsafeError."""
    size, links = 0, set[str]()
    for number, member in enumerate(tar):
        name = posixpath.normpath(member.name)
        if member.name.startswith("/") or (name != ROOT and not name.startswith(f"{ROOT}/")):
            raise _UnsafeError(f"{member.name!r} would be written outside of {ROOT}/")
        if not (member.isreg() or member.isdir() or member.issym() or member.islnk()):
            raise _UnsafeError(f"{member.name!r} is no file, directory or link")
        # Names are as they are written: nothing may pass through a link.
        if any(parent in links for parent in _parents(name)):
            raise _UnsafeError(f"{member.name!r} lies below a link")
        if member.issym() or member.islnk():
            at = posixpath.dirname(name) if member.issym() else ""
            target = posixpath.normpath(posixpath.join(at, member.linkname))
            if member.linkname.startswith("/") or not target.startswith(f"{ROOT}/"):
                raise _UnsafeError(f"{member.name!r} is a link that leads outside of {ROOT}/, to {member.linkname!r}")
        if member.issym():
            links.add(name)
        size += member.size
        if size > _MOST_BYTES or number > _MOST_MEMBERS:
            raise _UnsafeError(f"it is larger than {_MOST_BYTES >> 30} GiB or {_MOST_MEMBERS} files")
        yield member


def _ours(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """``member`` as this user's own file, and nobody's to write but theirs."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode &= 0o755
    return member


def _parents(name: str) -> Iterator[str]:
    while name := posixpath.dirname(name):
        yield name


def _refused(archive: Path, file: str, why: str) -> NeveError:
    return NeveError(
        f"{file} is not the archive of an interpreter that neve unpacks",
        where=str(archive),
        why=why,
        fixes=["ask who runs the mirror of Pythons that uv is told to use; without one, uv takes its own"],
    )


__all__ = ["ROOT", "check_archive", "unpacked"]
