"""A Python package that is installed: a wheel, or a source that is built first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from neve.errors import DefectError
from neve.python.sdist import Directory, Git, Sdist
from neve.python.wheel import File, Wheel, store_name

if TYPE_CHECKING:
    from neve.fetch import Artefact as Fetched
    from neve.lock.pin import WheelPin
    from neve.lock.sdists import SdistPin

Artefact: TypeAlias = Wheel | Sdist | Git | Directory


def wheels_only(artefacts: Sequence[Artefact]) -> tuple[Wheel, ...]:
    """``artefacts`` of a base that installs nothing but wheels. Raises DefectError for others."""
    for artefact in artefacts:
        if not isinstance(artefact, Wheel):
            raise DefectError("a source was chosen for a base that builds none", why=artefact.name)
    return tuple(artefact for artefact in artefacts if isinstance(artefact, Wheel))


def wheel_value(wheel: Wheel | WheelPin) -> dict[str, Any]:
    """A wheel as the Nix library takes it."""
    return {"name": wheel.name, "version": wheel.version, "file": wheel.file, "pin": pin_value(wheel)}


def pin_value(artefact: File | WheelPin | SdistPin) -> dict[str, str]:
    """What the Nix library fetches, or takes from the project's directory; a store path's name has no ``!``."""
    path = getattr(artefact, "path", None)
    place = {"path": path} if path else {"url": artefact.url}
    return {"name": store_name(artefact.file), **place, "sha256": artefact.sha256}


def describe_artefact(artefact: Artefact) -> dict[str, Any]:
    """``artefact`` as `neve info --json` lists it.

    ``kind`` is wheel or sdist for a file of an index, else url, path or git; ``file`` is the artefact's file name, for
    git the URL with the commit, for a directory its path; ``sha256`` is None where there is no file; ``size`` is in
    bytes, None where it is not known.
    """
    if isinstance(artefact, Git):
        at = f"#subdirectory={artefact.subdirectory}" if artefact.subdirectory else ""
        kind, file, sha256, size = "git", f"{artefact.url}@{artefact.commit}{at}", None, None
    elif isinstance(artefact, Directory):
        kind, file, sha256, size = "path", artefact.path, None, None
    else:
        own = "wheel" if isinstance(artefact, Wheel) else "sdist"
        kind = own if artefact.origin == "registry" else artefact.origin
        file, sha256, size = artefact.file, artefact.sha256, artefact.size
    return {
        "name": artefact.name,
        "version": artefact.version,
        "kind": kind,
        "file": file,
        "sha256": sha256,
        "size": size,
    }


def files_of(artefacts: Sequence[Artefact | File | WheelPin]) -> list[Fetched]:
    """What is fetched for ``artefacts``: those that have a URL."""
    from neve.fetch import Artefact as Fetched

    return [
        Fetched(name=store_name(a.file), urls=(a.url,), sha256=a.sha256, size=a.size)
        for a in artefacts
        if not isinstance(a, Git | Directory) and a.url
    ]


__all__ = ["Artefact", "describe_artefact", "files_of", "pin_value", "wheel_value", "wheels_only"]
