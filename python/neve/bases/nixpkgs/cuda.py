"""CUDA from nixpkgs: which set, and which compilers it works with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from neve.bases.nixpkgs.releases import RELEASES, Release
from neve.cuda.table import nearest, newest_gcc
from neve.dotted import numbers
from neve.errors import NeveError, collected

if TYPE_CHECKING:
    from neve.cuda.wheels import CudaWheels

_SET = re.compile(r"cudaPackages(_(?P<major>[0-9]+)(_(?P<minor>[0-9]+))?)?(\.|\Z)")
_COMPILER = re.compile(r"gcc(_?(?P<major>[0-9]+)|_latest)?(Stdenv)?\Z")


def check_cuda(release: Release, version: str | None, system: Sequence[str], *, where: str) -> str | None:
    """The CUDA that an image asks for by its version: ``version``, else the set that ``system`` names, else None.

    ``where`` names the file. Raises NeveError with every set that the release lacks and every compiler of ``system``
    that CUDA does not accept.
    """
    named = [(number, found) for number, path in enumerate(system) if (found := _SET.match(path))]
    asked = {f"{where}, tool.neve.system[{number}]": _version(release, found) for number, found in named}
    if version is not None:
        asked = {f"{where}, tool.neve.cuda.version": version, **asked}
    problems = [_no_set(release, one, place) for place, one in asked.items() if one not in release.cudas]
    if (error := collected(problems)) is not None:
        raise error
    if not asked:
        return None
    # A compiler serves every set of the image: the oldest is the one that is hard to please.
    check_compilers(release, min(asked.values(), key=numbers), system, where=where)
    return next(iter(asked.values()))


def check_compilers(release: Release, version: str, system: Sequence[str], *, where: str) -> None:
    """Raise NeveError with every compiler of ``system`` that CUDA ``version`` does not accept."""
    places = [(path, f"{where}, tool.neve.system[{number}]") for number, path in enumerate(system)]
    compilers = [_too_new(release, version, path, place) for path, place in places]
    if (error := collected(problem for problem in compilers if problem)) is not None:
        raise error


def choose_cuda(release: Release, asked: str | None, wheels: CudaWheels | None, *, where: str) -> str:
    """The CUDA of a toolkit: ``asked``, else that of the environment's ``wheels``, else the release's own.

    Where the release lacks the wheels' version, it is the newest of the same major version that is not newer, else the
    oldest that is: NVIDIA's minor version compatibility lets either run beside the wheels (CUDA Compatibility). Raises
    NeveError where the release has none of that major version, or where ``asked`` is of another.
    """
    if wheels is None:
        return asked or release.cuda
    same = [version for version in release.cudas if int(version.partition(".")[0]) == wheels.major]
    if asked is not None:
        if int(asked.partition(".")[0]) != wheels.major:
            raise _another_major(asked, wheels, same, where)
        return asked
    if not same:
        raise _no_major(release, wheels, where)
    if "." not in wheels.version:
        return release.cuda if release.cuda in same else same[-1]
    older = [version for version in same if numbers(version) <= numbers(wheels.version)]
    return older[-1] if older else same[0]


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
    near = nearest(version, release.cudas)
    written = f'version = "{near}"' if where.endswith(".version") else f'"cudaPackages_{near.replace(".", "_")}"'
    return NeveError(
        f"nixpkgs {release.name} has no CUDA {version}",
        where=where,
        why=f"its CUDA sets: {', '.join(release.cudas)}",
        fixes=[f"take the nearest: {written}", *_releases_with(version)],
    )


def _releases_with(version: str) -> list[str]:
    having = [f'"{name}"' for name, release in RELEASES.items() if version in release.cudas]
    return [f"or a release that has it: release = {' or '.join(having)} under [tool.neve]"] if having else []


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
        fixes=[f'write "gcc{best}"', *_newer_cuda(release, major)],
    )


def _newer_cuda(release: Release, gcc: int) -> list[str]:
    accepting = [version for version in release.cudas if newest_gcc(version) >= gcc]
    return [f'or take a CUDA that accepts it: `version = "{accepting[0]}"` under [tool.neve.cuda]'] if accepting else []


def _said(wheels: CudaWheels) -> str:
    return f"the environment's wheels are made for CUDA {wheels.version} ({wheels.said_by})"


def _another_major(asked: str, wheels: CudaWheels, same: Sequence[str], where: str) -> NeveError:
    fixes = [f'write `version = "{same[-1]}"`, or leave `version` out: the wheels decide then'] if same else []
    return NeveError(
        f"a toolkit of CUDA {asked} and wheels of CUDA {wheels.major} do not go together",
        where=f"{where}, tool.neve.cuda.version",
        why=_said(wheels),
        fixes=[*fixes, f"or take wheels that are made for CUDA {asked.partition('.')[0]}"],
    )


def _no_major(release: Release, wheels: CudaWheels, where: str) -> NeveError:
    having = [f'"{name}"' for name, other in RELEASES.items() if str(wheels.major) in _majors(other.cudas)]
    near = nearest(f"{wheels.major}.0", release.cudas)
    return NeveError(
        f"nixpkgs {release.name} has no CUDA {wheels.major}",
        where=f"{where}, tool.neve.cuda.toolkit",
        why=f"{_said(wheels)}; the release's CUDA sets: {', '.join(release.cudas)}",
        fixes=[
            *([f"take a release that has it: release = {' or '.join(having)} under [tool.neve]"] if having else []),
            f"take wheels that are made for CUDA {near.partition('.')[0]}: {near} is the nearest that there is",
        ],
    )


def _majors(versions: Sequence[str]) -> set[str]:
    return {version.partition(".")[0] for version in versions}


__all__ = ["check_compilers", "check_cuda", "choose_cuda"]
