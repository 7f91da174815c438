"""The components of a CUDA toolkit in nixpkgs' sets: which release has which, and what compiles with what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from neve.bases.nixpkgs.releases import Release
from neve.cuda.components import COMPONENTS, Component
from neve.dotted import numbers
from neve.errors import NeveError, collected

if TYPE_CHECKING:
    from neve.python.artefact import Artefact

# What NVIDIA's manifests (redistrib_X.Y.Z.json), of which nixpkgs makes its sets, have from which release on. The first
# of them is that of 11.4: older releases are one package. cuDNN and NCCL come by other ways. What nixpkgs has for no
# machine but NVIDIA's Jetson is left out.
_FIRST = (11, 4)
_SINCE = {
    "crt": (13, 0),
    "cudnn": (11, 0),
    "culibos": (13, 0),
    "nccl": (11, 0),
    "nvfatbin": (12, 4),
    "nvjitlink": (12, 0),
    "nvptxcompiler": (13, 0),
    "nvvm": (13, 0),
    "opencl": (12, 0),
    "profiler": (11, 8),
}
_LEFT_OUT = ("cudla", "tileiras")
# For servers with Arm processors ("linux-sbsa" there): where it is not the same; None: not in any.
_ARM = {"cufile": (12, 2), "opencl": None}

# What headers include and programs call. What a release does not have by itself is part of another there.
_NEEDS = {
    "cccl": ("cudart",),
    "cudart": ("cccl", "crt"),
    "cusolver": ("cublas", "cusparse"),
    "nvcc": ("cudart", "nvptxcompiler", "nvvm"),
}
_WHEEL = re.compile(r"nvidia-(?P<package>.+?)(-cu[0-9]+)?\Z")


def toolkit_components(
    asked: Sequence[Component], version: str, *, release: Release, platforms: Sequence[str], where: str
) -> tuple[Component, ...]:
    """``asked`` and all that compiling with them needs in CUDA ``version`` ("12.9"), sorted by attribute.

    Raises NeveError with each that this CUDA does not have, or not for one of ``platforms``; ``where`` is the key that
    asks for them.
    """
    known = [problem for component in asked if (problem := _lacking(component, version, release, platforms, where))]
    if (error := collected(known)) is not None:
        raise error
    found: dict[str, Component] = {}
    waiting = list(asked)
    while waiting:
        component = waiting.pop()
        if numbers(version) < _since(component) and component.before:
            component = COMPONENTS[component.before]
        if component.name not in found:
            found[component.name] = component
            standing = () if component.build_only else ("cudart",)
            waiting += [COMPONENTS[name] for name in (*_NEEDS.get(component.name, ()), *standing)]
    return tuple(sorted(found.values(), key=lambda component: component.attribute))


def running(attributes: Sequence[str]) -> tuple[str, ...]:
    """Those of ``attributes`` whose libraries a compiled program may need."""
    kept = {component.attribute for component in COMPONENTS.values() if not component.build_only}
    return tuple(attribute for attribute in attributes if attribute in kept)


def brought(attributes: Sequence[str], artefacts: Sequence[Artefact]) -> dict[str, str]:
    """Of ``attributes`` those whose libraries wheels among ``artefacts`` have, with the names of the wheels."""
    packages = {component.package: component.attribute for component in COMPONENTS.values()}
    found: dict[str, str] = {}
    for artefact in artefacts:
        match = _WHEEL.match(artefact.name)
        attribute = packages.get(match["package"], "") if match else ""
        if attribute in attributes:
            found[attribute] = artefact.name
    return dict(sorted(found.items()))


def _since(component: Component) -> tuple[int, int]:
    return _SINCE.get(component.name, _FIRST)


def _lacking(
    component: Component, version: str, release: Release, platforms: Sequence[str], where: str
) -> NeveError | None:
    """Why a toolkit of CUDA ``version`` cannot have ``component``."""
    name, since = component.name, _since(component)
    if name in _LEFT_OUT:
        return NeveError(
            f"nixpkgs {release.name} has no component {name!r}",
            where=where,
            fixes=["leave it out", 'or take base = "debian"'],
        )
    if numbers(version) < since:
        having = [one for one in release.cudas if numbers(one) >= since]
        inside = [f"write {component.before!r}, which it is part of in CUDA {version}"] if component.before else []
        whole = f"take the whole release by `system`: 'cudaPackages_{version.replace('.', '_')}.cudatoolkit'"
        return NeveError(
            f"nixpkgs has no component {name!r} of CUDA {version}",
            where=where,
            why=f"it is there from CUDA {since[0]}.{since[1]} on",
            fixes=[
                *inside,
                *([f"take a CUDA that has it: {', '.join(having)}"] if having else []),
                *([whole] if numbers(version) < _FIRST else []),
            ]
            or ["leave it out"],
        )
    arm = _ARM.get(name, since)
    if "aarch64" in platforms and (arm is None or numbers(version) < arm):
        having = [one for one in release.cudas if arm is not None and numbers(one) >= arm]
        return NeveError(
            f"NVIDIA has no component {name!r} of CUDA {version} for linux/arm64",
            where=where,
            why="the image is for linux/arm64: NVIDIA's archives for servers with Arm processors lack it",
            fixes=[
                *([f"take a CUDA that has it: {', '.join(having)}"] if having else []),
                "leave it out, or linux/arm64 out of `platforms`",
            ],
        )
    return None


__all__ = ["brought", "running", "toolkit_components"]
