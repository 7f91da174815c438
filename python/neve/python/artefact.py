"""A Python package that is installed: a wheel, or a source distribution that is built first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from neve.errors import DefectError
from neve.python.sdist import Sdist
from neve.python.wheel import Wheel, store_name

if TYPE_CHECKING:
    from neve.fetch import Artefact as File
    from neve.lock.pin import WheelPin
    from neve.lock.sdists import SdistPin

Artefact: TypeAlias = Wheel | Sdist


def wheels_only(artefacts: Sequence[Artefact]) -> tuple[Wheel, ...]:
    """``artefacts`` of a base that installs nothing but wheels. Raises DefectError for others."""
    for artefact in artefacts:
        if not isinstance(artefact, Wheel):
            raise DefectError("a source distribution was chosen for a base that builds none", why=artefact.file)
    return tuple(artefact for artefact in artefacts if isinstance(artefact, Wheel))


def wheel_value(wheel: Wheel | WheelPin) -> dict[str, Any]:
    """A wheel as the Nix library takes it."""
    return {"name": wheel.name, "version": wheel.version, "file": wheel.file, "pin": pin_value(wheel)}


def pin_value(artefact: Artefact | WheelPin | SdistPin) -> dict[str, str]:
    """What the Nix library fetches; a store path's name has no ``!``."""
    return {"name": store_name(artefact.file), "url": artefact.url, "sha256": artefact.sha256}


def describe_artefact(artefact: Artefact) -> dict[str, Any]:
    """``artefact`` as `neve info --json` lists it; ``size`` is in bytes, None where it is not known."""
    return {
        "name": artefact.name,
        "version": artefact.version,
        "kind": "wheel" if isinstance(artefact, Wheel) else "sdist",
        "file": artefact.file,
        "sha256": artefact.sha256,
        "size": artefact.size,
    }


def files_of(artefacts: Sequence[Artefact | WheelPin]) -> list[File]:
    """What is fetched for ``artefacts``."""
    from neve.fetch import Artefact as File

    return [File(name=store_name(a.file), urls=(a.url,), sha256=a.sha256, size=a.size) for a in artefacts]


__all__ = ["Artefact", "describe_artefact", "files_of", "pin_value", "wheel_value", "wheels_only"]
