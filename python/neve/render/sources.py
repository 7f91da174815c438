"""What is built from source, as the rendered build.nix has it, whatever the base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from neve.python.artefact import pin_value, wheel_value
from neve.python.sdist import Directory, Git, Sdist, Source

if TYPE_CHECKING:
    from neve.lock.sdists import CratePin, DirectoryPin, GitPin, SdistPin
    from neve.python.artefact import Artefact
    from neve.render.place import Place

    Pin: TypeAlias = SdistPin | GitPin | DirectoryPin


def sources_of(artefacts: Sequence[Artefact]) -> tuple[Source, ...]:
    """Those of ``artefacts`` that are built and do not lie in directories of the project."""
    return tuple(artefact for artefact in artefacts if isinstance(artefact, Sdist | Git))


def local_of(artefacts: Sequence[Artefact]) -> tuple[Directory, ...]:
    """Those of ``artefacts`` that lie in directories."""
    return tuple(artefact for artefact in artefacts if isinstance(artefact, Directory))


def built_value(source: Source, pins: Mapping[str, Pin], architecture: str, place: Place) -> dict[str, Any]:
    """``source`` with what builds it, out of the ``pins`` of the lock (by key).

    ``pin`` is what the Nix library's `fetch` takes; ``version`` is None where the build decides it.
    """
    from neve.lock.sdists import GitPin

    pin = pins[source.key]
    value: dict[str, Any] = {
        "name": source.name,
        "version": None if isinstance(source, Directory) else source.version,
        "pin": _source(source, pin, place),
        "backend": {"build-backend": pin.backend, "backend-path": list(pin.backend_path)},
        "languages": list(pin.languages),
        "crates": crate_values(pin.crates),
        "build": [wheel_value(wheel) for wheel in pin.wheels_for(architecture)],
    }
    if isinstance(pin, GitPin):
        value["subdirectory"] = pin.subdirectory
        value["pretend"] = f"{source.name}=={source.version}" if source.version else ""
    if isinstance(source, Sdist):
        value["file"] = source.file
    return value


def crate_values(crates: Sequence[CratePin]) -> list[dict[str, str]]:
    """What the Nix library fetches of a Cargo.lock."""
    return [{"name": crate.file, "url": crate.url, "sha256": crate.sha256} for crate in crates]


def _source(source: Source, pin: Pin, place: Place) -> dict[str, Any]:
    from neve.lock.sdists import GitPin

    if isinstance(source, Directory):
        files = place.directories.get(source.path)
        return {"directory": source.path, "files": None if files is None else list(files)}
    if isinstance(pin, GitPin):
        return {"name": pin.name, "url": pin.url, "rev": pin.commit, "hash": pin.nar_hash}
    assert isinstance(source, Sdist)  # noqa: S101 - Git has a GitPin
    return dict(pin_value(source))


__all__ = ["built_value", "crate_values", "local_of", "sources_of"]
