"""What source distributions need to be built (PEP 517, PEP 518): read out of them, resolved, pinned."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from neve.errors import NeveError, collected
from neve.lock.patch_level import one_choice
from neve.lock.sdists import BuildWheelPin, SdistPin
from neve.project.project import BuildSystem
from neve.project.pyproject import LEGACY, build_system_from, parse_toml
from neve.project.validate import validated
from neve.python.artefact import files_of
from neve.python.sdist import Sdist
from neve.python.sdist_archive import pyproject_of
from neve.python.select import select_wheels

if TYPE_CHECKING:
    from neve.fetch import Fetcher
    from neve.python.artefact import Artefact
    from neve.python.target import Target
    from neve.python.uv import Uv
    from neve.python.wheel import Wheel

# PEP 517: what a source tree without [build-system] is built with.
_SETUP_PY = BuildSystem(requires=("setuptools", "wheel"), backend=LEGACY.backend)
_JOBS = 4
_OTHER = "take another version of the package, or one with a wheel: `uv add` with another bound, then `uv lock`"

Targets = Mapping[str, Sequence["Target"]]


@dataclass(frozen=True, kw_only=True)
class _Need:
    """A source distribution, the targets that build it by architecture, and what it says of its build."""

    sdist: Sdist
    targets: Targets
    system: BuildSystem
    requires: tuple[str, ...]


def resolve_sdists(
    environments: Mapping[str, Sequence[Artefact]],
    targets: Targets,
    *,
    own: str,
    fetcher: Fetcher,
    uv: Uv,
    held: Sequence[SdistPin] = (),
) -> tuple[SdistPin, ...]:
    """A pin for each source distribution of ``environments``, sorted by name; their keys, and those of ``targets``, are
    architectures.

    A pin of ``held`` for the same file and targets stays. Raises NeveError with all source distributions that cannot be
    read and all build requirements that do not resolve or have no wheel for the architecture ``own``; TransientError
    where an index does not answer.
    """
    new = unpinned(environments, targets, held, own=own)
    chosen = {sdist.sha256: sdist for sdist in _sdists(environments)}
    pins = [
        # The index may have moved since.
        validated(SdistPin, {**pin.model_dump(), "url": chosen[pin.sha256].url}, where=pin.file)
        for pin in held
        if pin.sha256 in chosen and chosen[pin.sha256] not in new
    ]
    if new:
        needs = _needs(new, fetcher)
        built = _resolved(needs, uv, own)
        pins += (_pin(need, built[need.sdist]) for need in needs)
    return tuple(sorted(pins, key=lambda pin: (pin.name, pin.file)))


def unpinned(
    environments: Mapping[str, Sequence[Artefact]], targets: Targets, held: Sequence[SdistPin], *, own: str
) -> dict[Sdist, Targets]:
    """The source distributions of ``environments`` that ``held`` has no pin for, or one for other targets or one that
    lacks the architecture ``own``; and the targets that build them.
    """
    kept = {pin.sha256: {*pin.targets} for pin in held if own not in pin.lacking}
    wanted = {
        sdist: {name: targets[name] for name, artefacts in environments.items() if sdist in artefacts}
        for sdist in _sdists(environments)
    }
    return {sdist: of for sdist, of in wanted.items() if not {*_tags(of)} <= kept.get(sdist.sha256, set())}


def _sdists(environments: Mapping[str, Sequence[Artefact]]) -> dict[Sdist, None]:
    return dict.fromkeys(a for artefacts in environments.values() for a in artefacts if isinstance(a, Sdist))


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


def _tags(targets: Targets) -> tuple[str, ...]:
    """The targets as neve.lock names them: interpreter and platform, as in the file name of a wheel (PEP 425, 600)."""
    tags = (
        f"{target.abi}-manylinux_{target.glibc[0]}_{target.glibc[1]}_{target.architecture}"
        for of in targets.values()
        for target in of
    )
    return tuple(dict.fromkeys(tags))


def _needs(wanted: Mapping[Sdist, Targets], fetcher: Fetcher) -> list[_Need]:
    files = fetcher.fetch(files_of(list(wanted)))
    needs: list[_Need] = []
    problems: list[NeveError] = []
    for (sdist, targets), file in zip(wanted.items(), files, strict=True):
        try:
            needs.append(_need(sdist, targets, file))
        except NeveError as error:
            problems.append(error)
    if (problem := collected(problems)) is not None:
        raise problem
    return needs


def _need(sdist: Sdist, targets: Targets, archive: Path) -> _Need:
    where = f"{sdist.file}, pyproject.toml"
    text = pyproject_of(archive, sdist.file)
    try:
        found = build_system_from(parse_toml(text, where=where), where=where) if text is not None else None
    except NeveError as error:
        error.fixes = (_OTHER,)  # the user cannot mend what is published
        raise
    system = found or _SETUP_PY
    requires = _requirements(system.requires, [target for of in targets.values() for target in of], where)
    return _Need(sdist=sdist, targets=targets, system=system, requires=requires)


def _requirements(requires: Iterable[str], targets: Sequence[Target], where: str) -> tuple[str, ...]:
    """``requires`` in the form of PEP 508, without those that no target needs. Raises NeveError."""
    from packaging.requirements import Requirement

    place = f"{where}, build-system.requires"
    needed: list[str] = []
    for text in requires:
        try:
            requirement = Requirement(text)
            # Written anew: uv reads options, paths and variables in lines that are no PEP 508 requirement.
            written = str(requirement)
            is_needed = requirement.marker is None or any(
                requirement.marker.evaluate(cast("dict[str, str]", target.environment())) for target in targets
            )
        except (ValueError, KeyError, RecursionError) as error:  # also a marker of what cannot be compared or known
            why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
            raise NeveError(f"{text[:200]!r} is not a requirement", where=place, why=why, fixes=[_OTHER]) from None
        if requirement.url is not None:
            raise NeveError(
                f"the build requirement {requirement.name!r} is a URL",
                where=place,
                why="neve takes build requirements from the project's indexes only",
                fixes=[_OTHER],
            )
        if is_needed:
            needed.append(written)
    return tuple(dict.fromkeys(needed))


def _resolved(needs: Sequence[_Need], uv: Uv, own: str) -> dict[Sdist, Built]:
    """The build requirements' wheels. Each distinct set is resolved once: most packages share a few."""
    groups: dict[frozenset[str], list[_Need]] = {}
    for need in needs:
        groups.setdefault(frozenset(need.requires), []).append(need)
    found: dict[Sdist, Built] = {}
    problems: list[NeveError] = []
    with ThreadPoolExecutor(_JOBS) as pool:
        pylocks = [pool.submit(_compiled, group, uv) for group in groups.values()]
        for group, pylock in zip(groups.values(), pylocks, strict=True):
            try:
                found |= _wheels(group, pylock.result(), own)
            except NeveError as error:
                problems.append(error)
    if (problem := collected(problems)) is not None:
        raise problem
    return found


def _compiled(group: Sequence[_Need], uv: Uv) -> str:
    """The text of a pylock with what ``group`` needs, empty where it needs nothing."""
    requires = sorted(group[0].requires)
    (target, *_), *_ = group[0].targets.values()
    try:
        return compile_build_requires(uv, requires, python=".".join(map(str, target.python)), fixes=[_OTHER])
    except NeveError as error:
        error.what = f"{error.what}, which {_names(group)} must be built with"
        raise


def _wheels(group: Sequence[_Need], pylock: str, own: str) -> dict[Sdist, Built]:
    """The wheels of ``pylock`` for each of ``group``, which may differ in their architectures."""
    alike: dict[tuple[str, ...], list[_Need]] = {}
    for need in group:
        alike.setdefault(tuple(need.targets), []).append(need)
    found: dict[Sdist, Built] = {}
    for needs in alike.values():
        try:
            where = f"build-system.requires of {_names(needs)}"
            built = build_pins(pylock, needs[0].targets, own=own, where=where) if pylock else Built()
        except NeveError as error:
            for each in error.errors:
                each.fixes = (_OTHER, "or another Python under [tool.neve]")  # nobody else mends what is published
            raise
        found.update((need.sdist, built) for need in needs)
    return found


def _names(group: Sequence[_Need]) -> str:
    return ", ".join(need.sdist.file for need in group)


def _pin(need: _Need, built: Built) -> SdistPin:
    sdist = need.sdist
    return validated(
        SdistPin,
        {
            **{name: getattr(sdist, name) for name in ("name", "version", "file", "url", "sha256", "size")},
            "backend": need.system.backend,
            "backend_path": need.system.backend_path,
            "requires": need.requires,
            "targets": _tags(need.targets),
            "wheels": built.wheels,
            "lacking": built.lacking,
        },
        where=sdist.file,
    )


__all__ = ["Built", "build_pins", "compile_build_requires", "resolve_sdists", "unpinned"]
