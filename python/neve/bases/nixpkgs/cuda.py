"""CUDA from nixpkgs: which set, which compilers it works with, and which components make a toolkit."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from neve.bases.nixpkgs.releases import RELEASES, Release, numbers
from neve.errors import NeveError, collected

# The newest gcc that nvcc accepts as its host compiler, from each version of CUDA on (NVIDIA's installation guide,
# "Host Compiler Support Policy"; for 11.4 and 11.5 what nixpkgs takes, since gcc 11 fails with glibc there).
NEWEST_GCC = {"11.0": 9, "11.1": 10, "11.6": 11, "12.0": 12, "12.4": 13, "12.8": 14, "13.0": 15, "13.4": 16}

COMPONENTS = (
    "cuda_cccl",
    "cuda_cudart",
    "cuda_cupti",
    "cuda_nvcc",
    "cuda_nvrtc",
    "cuda_nvtx",
    "cudnn",
    "libcublas",
    "libcufft",
    "libcurand",
    "libcusolver",
    "libcusparse",
    "libnvjitlink",
    "nccl",
)
# What CUDA 13 took out of cuda_nvcc.
_SPLIT = ("cuda_crt", "libnvptxcompiler", "libnvvm")

_SET = re.compile(r"cudaPackages(_(?P<major>[0-9]+)(_(?P<minor>[0-9]+))?)?(\.|\Z)")
_COMPILER = re.compile(r"gcc(_?(?P<major>[0-9]+)|_latest)?(Stdenv)?\Z")


def newest_gcc(version: str) -> int:
    """The newest gcc that CUDA ``version`` ("12.9") accepts, by major version. Raises KeyError before CUDA 11."""
    reached = [gcc for since, gcc in NEWEST_GCC.items() if numbers(since) <= numbers(version)]
    if not reached:
        raise KeyError(version)
    return max(reached)


def check_cuda(
    release: Release, version: str | None, system: Sequence[str], *, where: str, toolkit: Sequence[str] = ()
) -> str | None:
    """The CUDA of an image: ``version``, else the set that ``system`` names, else the release's where it is needed.

    None where neither ``system`` nor ``toolkit`` asks for CUDA; wheels bring their own. ``where`` names the file.
    Raises NeveError with every set that the release lacks and every compiler of ``system`` that CUDA does not accept.
    """
    named = [(number, found) for number, path in enumerate(system) if (found := _SET.match(path))]
    asked = {f"{where}, tool.neve.system[{number}]": _version(release, found) for number, found in named}
    if version is not None:
        asked = {f"{where}, tool.neve.cuda.version": version, **asked}
    elif toolkit and not asked:
        asked = {f"{where}, tool.neve.cuda.toolkit": release.cuda}
    problems = [_no_set(release, one, place) for place, one in asked.items() if one not in release.cudas]
    if (error := collected(problems)) is not None:
        raise error
    if not asked:
        return None
    # A compiler serves every set of the image: the oldest is the one that is hard to please.
    strictest = min(asked.values(), key=numbers)
    places = [(path, f"{where}, tool.neve.system[{number}]") for number, path in enumerate(system)]
    compilers = [_too_new(release, strictest, path, place) for path, place in places]
    if (error := collected(problem for problem in compilers if problem)) is not None:
        raise error
    return next(iter(asked.values()))


def component_names(version: str, toolkit: Sequence[str], *, where: str) -> tuple[str, ...]:
    """The attributes of CUDA ``version``'s set that ``toolkit`` stands for; "nvcc" and "cuda_nvcc" are the same.

    CUDA 13 has what nvcc needs in packages of their own; they come with it. ``where`` names the file. Raises NeveError
    with every name that is no component.
    """
    known = (*COMPONENTS, *(_SPLIT if numbers(version) >= (13, 0) else ()))
    spellings = {spelling: name for name in known for spelling in (name, _short(name))}
    problems = [_no_component(version, name, spellings, where) for name in toolkit if name not in spellings]
    if (error := collected(problems)) is not None:
        raise error
    names: dict[str, None] = {}
    for name in toolkit:
        names[spellings[name]] = None
        if spellings[name] == "cuda_nvcc" and numbers(version) >= (13, 0):
            names.update(dict.fromkeys(_SPLIT))
    return tuple(names)


def _short(name: str) -> str:
    return name.removeprefix("cuda_").removeprefix("lib")


def _version(release: Release, found: re.Match[str]) -> str:
    """The version that an attribute names: ``cudaPackages`` is the release's, ``cudaPackages_13`` the newest 13.x."""
    major, minor = found["major"], found["minor"]
    if major is None:
        return release.cuda
    if minor is not None:
        return f"{major}.{minor}"
    same = [version for version in release.cudas if version.startswith(f"{major}.")]
    # nixpkgs keeps an alias of a major version where its default is.
    return release.cuda if release.cuda in same else same[-1] if same else f"{major}.0"


def _no_set(release: Release, version: str, where: str) -> NeveError:
    if not re.fullmatch(r"[0-9]+\.[0-9]+", version):
        return NeveError(
            f"{version!r} is no version of CUDA", where=where, fixes=[f'write it as in "{release.cuda}" (major.minor)']
        )
    return NeveError(
        f"nixpkgs {release.name} has no CUDA {version}",
        where=where,
        why=f"its CUDA sets: {', '.join(release.cudas)}",
        fixes=[f"take {_nearest(version, release.cudas)}, the nearest", *_releases_with(version)],
    )


def _releases_with(version: str) -> list[str]:
    having = [f"release = {name!r}" for name, release in RELEASES.items() if version in release.cudas]
    return [f"or a release that has it: {' or '.join(having)}"] if having else []


def _nearest(version: str, versions: Sequence[str]) -> str:
    """The nearest of ``versions``; of two as near the newer, which runs what was made for ``version``."""

    def distance(other: str) -> tuple[int, int]:
        (major, minor), (wanted_major, wanted_minor) = numbers(other), numbers(version)
        return abs((major - wanted_major) * 100 + minor - wanted_minor), -minor

    return min(versions, key=distance)


def _too_new(release: Release, version: str, path: str, where: str) -> NeveError | None:
    compiler = _COMPILER.match(path)
    if compiler is None:
        return None
    major = int(compiler["major"] or (max(release.gccs) if "latest" in path else release.gcc))
    newest = newest_gcc(version)
    if major <= newest:
        return None
    best = max(gcc for gcc in release.gccs if gcc <= newest)
    said = "" if compiler["major"] else f" ({major} in nixpkgs {release.name})"
    return NeveError(
        f"{path}{said} is newer than CUDA {version} accepts",
        where=where,
        why=f"the newest gcc that nvcc {version} takes as its host compiler is {newest}",
        fixes=[f"write 'gcc{best}'", *_newer_cuda(release, major)],
    )


def _newer_cuda(release: Release, gcc: int) -> list[str]:
    accepting = [version for version in release.cudas if newest_gcc(version) >= gcc]
    return [f'or take a CUDA that accepts it: `version = "{accepting[0]}"` under [tool.neve.cuda]'] if accepting else []


def _no_component(version: str, name: str, spellings: dict[str, str], where: str) -> NeveError:
    place = f"{where}, tool.neve.cuda.toolkit"
    if name in {spelling for split in _SPLIT for spelling in (split, _short(split))}:
        return NeveError(
            f"CUDA {version} has no component {name!r}",
            where=place,
            why="before CUDA 13 it is part of cuda_nvcc",
            fixes=["write 'nvcc'"],
        )
    near = difflib.get_close_matches(name, spellings, n=1, cutoff=0.5)
    return NeveError(
        f"{name!r} is no component of CUDA that neve knows",
        where=place,
        fixes=[
            *([f"did you mean {near[0]!r}?"] if near else []),
            f"components: {', '.join(dict.fromkeys(spellings.values()))}",
            f"anything else of a set goes into `system`: 'cudaPackages_{version.replace('.', '_')}.NAME'",
        ],
    )


__all__ = ["COMPONENTS", "NEWEST_GCC", "check_cuda", "component_names", "newest_gcc"]
