"""What every pin of neve.lock is made of: the text that its fields may hold, and the pin of a wheel."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from neve.project.config import Model

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9+._-]*$")]
Version = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.+~:!_-]*$")]
Url = Annotated[str, Field(pattern=r"^(https?|file)://[^\s\"'\\$`{}@/]*(/[^\s\"'\\$`{}]*)?$")]
WheelFile = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.]+(-[A-Za-z0-9_.+!]+){4,5}\.whl$")]


class WheelPin(Model):
    """A wheel: ``size`` in bytes where the index gives it."""

    name: Name
    version: Version
    file: WheelFile
    url: Url
    sha256: Sha256
    size: int | None = Field(None, ge=0)


__all__ = ["Name", "Sha256", "Url", "Version", "WheelFile", "WheelPin"]
