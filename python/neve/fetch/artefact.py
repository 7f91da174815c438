"""What is fetched: a file that is known by its SHA-256."""

from __future__ import annotations

import re
from dataclasses import dataclass

from neve.errors import NeveError

_HEX = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[^/\x00-\x1f\x7f]{1,200}")


@dataclass(frozen=True, kw_only=True)
class Artefact:
    """A file pinned by hash.

    ``name`` is the file name it gets; ``urls`` are tried in order; ``sha256`` is lower-case hexadecimal;
    ``size`` is in bytes, None where it is not known. Raises NeveError for a name that is no plain file
    name, a hash that is none, or no URL.
    """

    name: str
    urls: tuple[str, ...]
    sha256: str
    size: int | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or self.name.startswith("."):
            raise NeveError(f"{self.name!r} is no file name that an artefact can have")
        if not _HEX.fullmatch(self.sha256):
            raise NeveError(
                f"{self.sha256!r} is no SHA-256", where=self.name, why="64 lower-case hex digits are needed"
            )
        if not self.urls:
            raise NeveError(f"nothing says where {self.name} can be fetched from", where=self.name)


__all__ = ["Artefact"]
