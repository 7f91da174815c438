"""The text of a project's files."""

from __future__ import annotations

import stat
from pathlib import Path

from neve.errors import NeveError


def read_text(path: Path) -> str:
    """The UTF-8 text of ``path``. Raises NeveError where it cannot be read or is not UTF-8."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # a pipe would be waited for, a device has no end
            raise NeveError(f"cannot read {path.name}", where=str(path), why="it is no regular file")
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise NeveError(
            f"{path.name} is not UTF-8", where=str(path), why=str(error), fixes=["save it as UTF-8 in an editor"]
        ) from None
    except OSError as error:
        raise NeveError(f"cannot read {path.name}", where=str(path), why=error.strerror or str(error)) from None


__all__ = ["read_text"]
