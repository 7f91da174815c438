"""nvcc of CUDA releases whose wheels hold none: the package of Debian's non-free archive that has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from neve.bases.debian.cuda_version import VERSION, on_nixpkgs
from neve.bases.debian.mirror import snapshots
from neve.cuda.table import table
from neve.errors import NeveError
from neve.fetch import MissingError
from neve.lock.model import CudaDebPin

if TYPE_CHECKING:
    from neve.bases.debian.index import Index
    from neve.lock.resolve import Resolver

# Which of Debian's packages has nvcc of a release that the table says Debian has.
_SUITE, _COMPONENT, _NAME = "trixie", "non-free", "nvidia-cuda-toolkit"


def nvcc_packages(resolver: Resolver, version: str, architectures: Sequence[str]) -> tuple[CudaDebPin, ...]:
    """The packages that have nvcc of CUDA ``version``, one for each of ``architectures``; none where wheels do.

    The suite that has it need not be the image's: they are NVIDIA's own programs, which run on every suite.
    Raises NeveError where the mirror has none, TransientError where it does not answer.
    """
    if table().releases[version].nvcc != "debian":
        return ()
    return tuple(_pin(resolver, version, architecture) for architecture in architectures)


def _pin(resolver: Resolver, version: str, architecture: str) -> CudaDebPin:
    from neve.bases.debian.lock import DEBIAN_ARCHITECTURES, pin_of

    index = _index(resolver, version, DEBIAN_ARCHITECTURES[architecture])
    for package in index.versions(_NAME):
        if package.version.startswith(f"{version}."):
            kept = {} if "snapshot" in resolver.mirrors.origin else snapshots(index.dates)
            fields = pin_of(package).model_dump()
            return CudaDebPin(**fields, architecture=architecture, snapshot=kept.get("main"))
    versions = ", ".join(package.version for package in index.versions(_NAME)) or "none"
    raise _no_nvcc(version, f"{_COMPONENT} of {_SUITE} has {_NAME} {versions} for {architecture}", resolver)


def _index(resolver: Resolver, version: str, architecture: str) -> Index:
    from neve.bases.debian.index import load_component

    try:
        return load_component(
            _SUITE,
            _COMPONENT,
            architecture,
            mirrors=resolver.mirrors,
            fetcher=resolver.fetcher,
            progress=resolver.progress,
        )
    except MissingError as error:
        raise _no_nvcc(version, f"{error.what}: {error.where}", resolver) from error


def _no_nvcc(version: str, why: str, resolver: Resolver) -> NeveError:
    return NeveError(
        f"the mirror has no nvcc of CUDA {version}",
        where=VERSION,
        why=f"{why}\nthe mirror comes from {resolver.mirrors.origin}",
        fixes=[
            f"name a mirror in NEVE_DEBIAN_MIRROR that carries {_COMPONENT} of {_SUITE}, where {_NAME} is",
            "or take CUDA 13.0 or newer, whose nvcc is a wheel",
            *on_nixpkgs(version),
        ],
    )


__all__ = ["nvcc_packages"]
