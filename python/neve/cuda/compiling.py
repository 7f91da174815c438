"""What builds are told of the CUDA toolkit: the variables that build systems read; and where its libraries are then."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_SUFFIX = re.compile(r"-cu[0-9]+\Z")
_CAPABILITY = re.compile(r"(?P<major>[0-9]{1,2})\.(?P<minor>[0-9][af]?)(?P<ptx>\+PTX)?\Z")


def compile_environment(
    home: str, *, compiler: str | None, architectures: Sequence[str], nvcc: bool = True
) -> dict[str, str]:
    """The variables of a build that sees the toolkit at ``home``: where it is, the path of its host ``compiler`` (None:
    the first on PATH), and the GPU ``architectures`` to compile for ("8.0", "9.0+PTX"), as PyTorch, CMake and nvcc have
    them.

    ``CUDAARCHS`` is CMake's: real architectures, and virtual ones where PTX is wanted. ``NEVE_CUDA_GENCODE`` are nvcc's
    own words, with spaces between.
    """
    found = {"CUDA_HOME": home, "CUDA_PATH": home}
    if nvcc:
        found["CUDACXX"] = f"{home}/bin/nvcc"
    if compiler is not None:
        found |= {"CUDAHOSTCXX": compiler, "NVCC_CCBIN": compiler}
    parts = [_capability(architecture) for architecture in architectures]
    if parts:
        found |= {
            "TORCH_CUDA_ARCH_LIST": ";".join(architectures),
            "CUDAARCHS": ";".join(number if ptx else f"{number}-real" for number, ptx in parts),
            "NEVE_CUDA_GENCODE": " ".join(word for number, ptx in parts for word in _gencode(number, ptx)),
        }
    return found


def library_places(packages: Iterable[str], major: int, site_packages: str) -> list[str]:
    """The directories below ``site_packages`` where NVIDIA's wheels of CUDA ``major`` called ``packages`` have their
    libraries, sorted: one for all from CUDA 13 on, one for each that has the major version in its name.
    """
    found = {_SUFFIX.sub("", package) if _SUFFIX.search(package) else f"nvidia-cu{major}" for package in packages}
    directories = sorted(name.removeprefix("nvidia-").replace("-", "_") for name in found)
    return [f"{site_packages}/nvidia/{directory}/lib" for directory in directories]


def _capability(architecture: str) -> tuple[str, bool]:
    """The number of an architecture ("90a"), and whether PTX is wanted."""
    match = _CAPABILITY.match(architecture)
    if match is None:
        raise ValueError(f"{architecture!r} is no compute capability")
    return match["major"] + match["minor"], match["ptx"] is not None


def _gencode(number: str, ptx: bool) -> list[str]:
    """nvcc's words for machine code of one architecture, and for its PTX."""
    codes = [f"sm_{number}", *([f"compute_{number}"] if ptx else [])]
    return [f"-gencode=arch=compute_{number},code={code}" for code in codes]


__all__ = ["compile_environment", "library_places"]
