"""Build requirements resolved: the wheels that each architecture installs of them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from neve.errors import NeveError
from neve.lock.patch_level import one_choice
from neve.lock.sdists import BuildWheelPin
from neve.project.validate import validated
from neve.python.select import select_wheels

if TYPE_CHECKING:
    from neve.python.target import Target
    from neve.python.uv import Uv
    from neve.python.wheel import Wheel

Targets = Mapping[str, Sequence["Target"]]


@dataclass(frozen=True, kw_only=True)
class Built:
    """What build requirements resolve to, and the architectures that they have no wheels for, with the reason."""

    wheels: tuple[BuildWheelPin, ...] = ()
    lacking: Mapping[str, str] = field(default_factory=dict)


def build_pins(pylock: str, targets: Targets, *, own: str, where: str) -> Built:
    """The wheels of the text of a pylock that ``targets``, by architecture, install; a wheel of one architecture alone
    says so.

    Raises NeveError with what has no wheel for the architecture ``own``, and where its targets choose differently;
    another may go without.
    """
    chosen: dict[str, tuple[Wheel, ...]] = {}
    lacking: dict[str, str] = {}
    for architecture, of in targets.items():
        place = f"{where}, {architecture}"
        try:
            chosen[architecture] = one_choice({t: select_wheels(pylock, t, where=place) for t in of}, where=place)
        except NeveError as error:
            if architecture == own:
                raise
            lacking[architecture] = _one_line(error)
    pins: list[BuildWheelPin] = []
    for wheel in dict.fromkeys(wheel for wheels in chosen.values() for wheel in wheels):
        having = [architecture for architecture, wheels in chosen.items() if wheel in wheels]
        fields = {name: getattr(wheel, name) for name in ("name", "version", "file", "url", "sha256", "size")}
        pins += (
            validated(BuildWheelPin, {**fields, "architecture": architecture}, where=f"{where}, {wheel.name}")
            for architecture in ([None] if len(having) == len(targets) else having)
        )
    return Built(
        wheels=tuple(sorted(pins, key=lambda pin: (pin.name, pin.file, pin.architecture or ""))), lacking=lacking
    )


def _one_line(error: NeveError) -> str:
    first = error.errors[0]
    text = f"{first.what} ({first.why})" if first.why else first.what
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def compile_build_requires(uv: Uv, requires: Sequence[str], *, python: str, **options: Any) -> str:
    """The text of a pylock with what ``requires`` resolve to, as ``uv.compile``; empty where nothing is required.

    setuptools older than 70.1 makes wheels with the help of ``wheel``, which it asks for once it runs; it is added
    here, since nothing more can be had in the build.
    """
    if not requires:
        return ""
    pylock = uv.compile(requires, python=python, **options)
    packages = tomllib.loads(pylock).get("packages", [])
    if any(package["name"] == "wheel" for package in packages) or not any(map(_is_old_setuptools, packages)):
        return pylock
    return uv.compile([*requires, "wheel"], python=python, **options)


def _is_old_setuptools(package: Mapping[str, Any]) -> bool:
    from packaging.version import Version

    # What a URL names has no version here: nothing is known of it.
    return package["name"] == "setuptools" and "version" in package and Version(package["version"]) < Version("70.1")


__all__ = ["Built", "Targets", "build_pins", "compile_build_requires"]
