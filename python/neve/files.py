"""Writing so that nothing half-written is ever read: temporary file, fsync, rename; and locks between processes."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from neve.errors import NeveError

TEMPORARY = ".neve-new"


def cache_home() -> Path:
    """Neve's cache: ``$XDG_CACHE_HOME/neve`` (XDG base directories)."""
    return _xdg("XDG_CACHE_HOME", ".cache")


def data_home() -> Path:
    """Neve's data, the chroot store among them: ``$XDG_DATA_HOME/neve`` (XDG base directories)."""
    return _xdg("XDG_DATA_HOME", ".local/share")


def _xdg(variable: str, default: str) -> Path:
    value = os.environ.get(variable, "")
    # The specification has relative values ignored.
    base = Path(value) if value.startswith("/") else Path.home() / default
    return base / "neve"


@contextmanager
def explained(doing: str, path: Path) -> Iterator[None]:
    """Turn an OSError on ``path`` into a NeveError that says what to do about it."""
    try:
        yield
    except OSError as error:
        place = str(error.filename or path)
        raise NeveError(
            f"cannot {doing}", where=place, why=error.strerror or str(error), fixes=remedies(error, place)
        ) from error


def remedies(error: OSError, place: str) -> list[str]:
    """What the user can do about ``error`` at ``place``; empty where only the error itself says more."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return [
            f"free some space on the file system of {place}",
            "`neve` keeps downloads under $XDG_CACHE_HOME/neve and its store under $XDG_DATA_HOME/neve: "
            "point these variables to a larger disk",
        ]
    if error.errno in (errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ELOOP):
        return [f"move {place} away: something else is in its place"]
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return [f"let this user read and write {place}, or work on a copy of the project: cp -r PROJECT ~/copy"]
    return []


def write_atomic(path: Path, content: str | bytes, *, mode: int = 0o666) -> None:
    """Write ``content`` to ``path``: readers see the old file or the whole new one.

    Its permissions are ``mode`` less the umask. Raises NeveError where the directory cannot be written.
    """
    data = content.encode() if isinstance(content, str) else content
    # One name for all: what a killed process leaves is written over next time, and never taken for a project's file.
    temporary = path.with_name(f".{path.name}{TEMPORARY}")
    with explained(f"write {path.name}", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = _owned(temporary)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.truncate()
                file.write(data)
                file.flush()
                os.fchmod(file.fileno(), mode & ~_umask())
                os.fsync(file.fileno())
                temporary.replace(path)  # while it is locked: then it is nobody else's
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def _owned(path: Path) -> int:
    """The file ``path``, open and locked by us; another process that writes it is waited for."""
    while True:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if os.path.samestat(path.lstat(), os.fstat(descriptor)):
                return descriptor
        except FileNotFoundError:
            pass  # it was renamed while we waited
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def write_if_changed(path: Path, content: str, *, mode: int = 0o666) -> bool:
    """Like :func:`write_atomic`, but leave a file that holds ``content`` already alone; True where it was written."""
    try:
        if path.read_bytes() == content.encode():
            return False
    except OSError:
        pass  # unreadable or missing: writing says what is wrong
    write_atomic(path, content, mode=mode)
    return True


@contextmanager
def new_directory(path: Path) -> Iterator[Path]:
    """A directory to fill, which becomes ``path`` by one rename when the block ends well.

    Where another process was faster, its result stays and ours is thrown away.
    """
    with explained(f"create {path.name}", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".new", dir=path.parent))
    try:
        yield temporary
        with explained(f"create {path.name}", path):
            temporary.chmod(0o755)
            try:
                temporary.rename(path)
            except OSError as error:
                if error.errno not in (errno.EEXIST, errno.ENOTEMPTY):
                    raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock between processes on the file ``path`` (flock(2)); it is freed when a holder dies."""
    with explained("take the lock between processes", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a")
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


__all__ = [
    "TEMPORARY",
    "cache_home",
    "data_home",
    "explained",
    "locked",
    "new_directory",
    "write_atomic",
    "write_if_changed",
]
