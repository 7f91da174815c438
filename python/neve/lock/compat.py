"""The pins of NVIDIA's forward compatibility libraries: one release of CUDA, a package for each architecture."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from neve.lock.pin import Name, Sha256, Url, Version
from neve.lock.sdists import Architecture
from neve.project.config import Model


class CompatPin(Model):
    """NVIDIA's package cuda-compat-X-Y for one ``architecture``: its version is the driver's; ``size`` in bytes."""

    architecture: Architecture
    name: Name
    version: Version
    url: Url
    sha256: Sha256
    size: int = Field(ge=0)

    @property
    def file(self) -> str:
        """A file name for the .deb, in the characters that a store path may have."""
        return f"{self.name}_{self.version}_{self.architecture}.deb".translate(str.maketrans("~!:", "---"))


class CompatLock(Model):
    """``[cuda-compat]`` of neve.lock: the release of CUDA ("13.0") whose driver the libraries are, and the packages."""

    version: Annotated[str, Field(pattern=r"^[0-9]{2}\.[0-9]+$")]
    packages: Annotated[tuple[CompatPin, ...], Field(min_length=1)]

    def package(self, architecture: str) -> CompatPin | None:
        """The package for ``architecture``; None where none is pinned."""
        return next((pin for pin in self.packages if pin.architecture == architecture), None)


__all__ = ["CompatLock", "CompatPin"]
