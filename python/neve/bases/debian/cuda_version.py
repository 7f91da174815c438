"""Which release of CUDA a Debian image compiles with, and the compiler of its suite that goes with it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from neve.bases.debian.cuda import TOOLKIT
from neve.bases.debian.suites import SUITES
from neve.cuda.components import Component, check_components, compiles
from neve.cuda.table import find_release, settled, table
from neve.dotted import numbers
from neve.errors import NeveError

if TYPE_CHECKING:
    from neve.cuda.wheels import CudaWheels

VERSION = "tool.neve.cuda.version"
_OLDEST = (12, 0)  # wheels of CUDA 11 have other names, and no suite has a gcc that is old enough
_GXX = re.compile(r"g\+\+-(?P<major>[0-9]+)\Z")


def choose_version(
    asked: str | None, wheels: CudaWheels | None, components: Sequence[Component], gccs: Collection[int]
) -> str:
    """The release ("13.2") that has ``components``: the one ``asked`` for, else that of the environment's ``wheels``,
    else the newest settled one that a compiler of ``gccs`` goes with.

    Raises NeveError for one that is not known, of another major version than the wheels, without one of the components
    or, where nvcc is among them, without nvcc.
    """
    having = toolkit_releases(components, gccs)
    if asked is None and wheels is None:
        fit = having or toolkit_releases([component for component in components if component.name == "nvcc"], gccs)
        if not fit:
            raise NeveError("no release of CUDA takes a gcc of the suite", where=TOOLKIT, fixes=[_suites_with(99)])
        newest = settled(fit)[-1]
        check_components(components, newest, fit, where=TOOLKIT)
        return newest
    major = wheels.major if wheels is not None else None
    same = [release for release in toolkit_releases() if major in (None, numbers(release)[0])]
    having = [release for release in having if release in same]
    version = asked or _version_of(wheels, having or same)
    where = VERSION if asked else f"{TOOLKIT}: the CUDA of {wheels.said_by}" if wheels else TOOLKIT
    find_release(version, where=where, having=having or same)
    _must_have_wheels(version, where, having)
    if wheels is not None and numbers(version)[0] != wheels.major:
        raise _another_major(version, wheels)
    check_components(components, version, having, where=TOOLKIT)
    if table().releases[version].nvcc is None and compiles(components):
        raise _no_nvcc(version, having, where)
    return version


def toolkit_releases(components: Sequence[Component] = (), gccs: Collection[int] = ()) -> list[str]:
    """The releases that NVIDIA's wheels are there of, the oldest first: those that have ``components``, and with nvcc
    among them those that have it here and take one of ``gccs``.
    """
    known = sorted((name for name in table().releases if numbers(name) >= _OLDEST), key=numbers)
    known = [version for version in known if all(component.is_in(version) for component in components)]
    if not compiles(components):
        return known
    releases = {version: table().releases[version] for version in known}
    return [version for version, has in releases.items() if has.nvcc and any(gcc <= has.gcc for gcc in gccs)]


def on_nixpkgs(version: str) -> list[str]:
    """The remedy of the other base, where one of its releases has CUDA ``version``, which there has nvcc."""
    from neve.bases.nixpkgs.releases import DEFAULT_RELEASE, RELEASES

    having = [name for name, release in RELEASES.items() if version in release.cudas]
    if not having:
        return []
    release = "" if DEFAULT_RELEASE in having else f' and release = "{having[0]}"'
    return [f'or base = "nixpkgs"{release} under [tool.neve], which has nvcc of {version}']


def gccs_of(names: Iterable[str]) -> tuple[int, ...]:
    """The major versions of the C++ compilers among the ``names`` of packages."""
    return tuple(sorted({int(found["major"]) for name in names if (found := _GXX.match(name))}))


def host_compiler(version: str, suite: str, gccs: Collection[int]) -> str:
    """The package of the newest gcc of ``suite`` that nvcc ``version`` takes ("g++-14"); ``gccs`` are all that it has.

    Raises NeveError where there is none, with the suites that have one.
    """
    newest = table().releases[version].gcc
    if fit := [gcc for gcc in gccs if gcc <= newest]:
        return f"g++-{max(fit)}"
    has = ", ".join(map(str, sorted(gccs))) or "none"
    newer = settled(
        other for other, release in table().releases.items() if release.nvcc and release.gcc >= min(gccs, default=99)
    )
    raise NeveError(
        f"Debian {suite} has no gcc that CUDA {version} takes as its host compiler",
        where="tool.neve.release",
        why=f"the newest that nvcc {version} takes is gcc {newest}; {suite} has {has}",
        fixes=[
            _suites_with(newest),
            *([f'or version = "{newer[-1]}" under [tool.neve.cuda], which takes newer ones'] if newer else []),
        ],
    )


def _suites_with(newest: int) -> str:
    having = [name for name, suite in SUITES.items() if any(gcc <= newest for gcc in suite.gccs)]
    if not having:
        return 'base = "nixpkgs" under [tool.neve] has older compilers'
    return f"release = {' or '.join(map(repr, having))} under [tool.neve], which has one".replace("'", '"')


def _version_of(wheels: CudaWheels | None, known: Sequence[str]) -> str:
    """The release of the wheels; of a major version alone the newest settled one of ``known``."""
    assert wheels is not None  # noqa: S101 - without them the newest is taken
    if "." in wheels.version:
        return wheels.version
    same = settled(version for version in known if version.startswith(f"{wheels.version}."))
    return same[-1] if same else wheels.version


def _must_have_wheels(version: str, where: str, having: Sequence[str]) -> None:
    """Raise NeveError for a ``version`` that there are no wheels of; ``having`` could be taken in its place."""
    first = toolkit_releases()[0]
    if numbers(version) < _OLDEST:
        raise NeveError(
            f"the debian base has no toolkit of CUDA {version}",
            where=where,
            why=f"it is made of NVIDIA's wheels, which begin with CUDA {first}",
            fixes=[
                *([f"take one that has what is asked for: {', '.join(settled(having))}"] if having else []),
                *on_nixpkgs(version),
            ],
        )


def _another_major(version: str, wheels: CudaWheels) -> NeveError:
    return NeveError(
        f"CUDA {version} would compile for an environment of CUDA {wheels.version}",
        where=VERSION,
        why=f"{wheels.said_by} of the locked packages is of CUDA {wheels.version}: libraries of two major versions do"
        " not serve one program",
        fixes=[
            "take `version` out: the toolkit is then the one of the locked packages",
            f"or lock packages that are built for CUDA {version.partition('.')[0]}",
        ],
    )


def _no_nvcc(version: str, having: Sequence[str], where: str) -> NeveError:
    fit = settled(having)
    packaged, wheels = ([r for r in fit if table().releases[r].nvcc == of] for of in ("debian", "wheels"))
    return NeveError(
        f"there is no nvcc of CUDA {version} for the debian base",
        where=where,
        why="NVIDIA's wheels hold nvcc itself from CUDA 13.0 on; of older releases Debian packages that of 12.4",
        fixes=[
            *(
                f'version = "{release}" under [tool.neve.cuda]: what it compiles runs with libraries of every'
                f" {release.partition('.')[0]}.x"
                for release in packaged
            ),
            *([f"version = {' or '.join(map(repr, wheels))}".replace("'", '"')] if wheels else []),
            *on_nixpkgs(version),
            "or take nvcc out of `toolkit`: headers and libraries need none",
        ],
    )


__all__ = [
    "VERSION",
    "choose_version",
    "gccs_of",
    "host_compiler",
    "on_nixpkgs",
    "toolkit_releases",
]
