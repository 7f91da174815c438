"""The pin of a source distribution: what it is, what builds it, and the wheels that its backend needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from neve.lock.pin import Name, Sha256, Url, Version, WheelPin
from neve.project.config import Model

SdistFile = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.!+-]*\.(tar\.gz|zip)$")]
Architecture = Literal["x86_64", "aarch64"]


def _inside(path: str) -> str:
    if path.startswith("/") or ".." in path.split("/"):
        raise ValueError(f"{path!r} leads out of the source tree")
    return path


class BuildWheelPin(WheelPin):
    """A build requirement's wheel; without an ``architecture`` it serves all that the source distribution is for."""

    architecture: Architecture | None = None


# Architectures that nothing is built for, and why: a build requirement has no wheel there.
Lacking = dict[Architecture, Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]+$")]]


class SdistPin(Model):
    """A source distribution: its build backend (PEP 517), its build requirements (PEP 508) and what they resolve to.

    ``targets`` are what ``wheels`` were chosen for, as ``cp313-manylinux_2_40_x86_64``, those of architectures that are
    ``lacking`` among them; ``size`` is in bytes.
    """

    name: Name
    version: Version
    file: SdistFile
    url: Url
    sha256: Sha256
    size: int | None = Field(None, ge=0)
    backend: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.]*(:[A-Za-z_][A-Za-z0-9_.]*)?$")]
    backend_path: tuple[Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]+$"), AfterValidator(_inside)], ...] = ()
    requires: tuple[Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]+$")], ...]
    targets: tuple[Annotated[str, Field(pattern=r"^cp3[0-9]+-manylinux(_[0-9]+){2}_(x86_64|aarch64)$")], ...]
    wheels: tuple[BuildWheelPin, ...]
    lacking: Lacking = Field({})

    def wheels_for(self, architecture: str) -> tuple[BuildWheelPin, ...]:
        """The build requirements of ``architecture``."""
        return of_architecture(self.wheels, architecture)


def of_architecture(wheels: Sequence[BuildWheelPin], architecture: str) -> tuple[BuildWheelPin, ...]:
    """Those of ``wheels`` that serve ``architecture``."""
    return tuple(wheel for wheel in wheels if wheel.architecture in (None, architecture))


__all__ = ["Architecture", "BuildWheelPin", "Lacking", "SdistFile", "SdistPin", "of_architecture"]
