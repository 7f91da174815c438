"""The pin of an interpreter that uv manages: one version, and its archive for each architecture."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from neve.lock.pin import Sha256, Url
from neve.lock.sdists import Architecture
from neve.project.config import Model


class ArchivePin(Model):
    """The archive of an interpreter for one ``architecture``; ``size`` in bytes."""

    architecture: Architecture
    file: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]*\.tar\.gz$")]
    url: Url
    sha256: Sha256
    size: int = Field(ge=0)


class InterpreterPin(Model):
    """``[interpreter]`` of neve.lock: a CPython, free-threaded or not, and the ``build`` of it where its URL tells."""

    implementation: Literal["cpython"]
    version: Annotated[str, Field(pattern=r"^3\.[0-9]+\.[0-9]+((a|b|rc)[0-9]+)?$")]
    freethreaded: bool
    build: Annotated[str, Field(pattern=r"^[0-9A-Za-z.]+$")] | None = Field(None)
    archives: Annotated[tuple[ArchivePin, ...], Field(min_length=1)]

    @property
    def python(self) -> str:
        """Its minor version ("3.12")."""
        return ".".join(self.version.split(".")[:2])

    def archive(self, architecture: str) -> ArchivePin | None:
        """The archive for ``architecture``; None where none is pinned."""
        return next((archive for archive in self.archives if archive.architecture == architecture), None)


__all__ = ["ArchivePin", "InterpreterPin"]
