"""What sources need to be built (PEP 517, PEP 518): read out of them, resolved, pinned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from neve.errors import NeveError, collected
from neve.lock.build_pins import Built, Targets, build_pins, compile_build_requires
from neve.lock.build_rules import NO_SETTINGS, BuildSettings
from neve.lock.crates import crates_of
from neve.lock.sdists import CratePin, Language
from neve.project.project import BuildSystem
from neve.project.pyproject import LEGACY, build_system_from, parse_toml

if TYPE_CHECKING:
    from neve.python.source_tree import Tree
    from neve.python.target import Target
    from neve.python.uv import Uv

# PEP 517: what a source tree without [build-system] is built with.
_SETUP_PY = BuildSystem(requires=("setuptools", "wheel"), backend=LEGACY.backend)
_JOBS = 4
OTHER = "take another version of the package, or one with a wheel: `uv add` with another bound, then `uv lock`"


@dataclass(frozen=True, kw_only=True)
class Need:
    """A source that is built: the ``key`` of its artefact, its name, what errors call it, the targets that build it by
    architecture, and what it says of its build. One that ``asks`` has a backend that may ask for more.
    """

    key: str
    name: str
    label: str
    targets: Targets
    system: BuildSystem
    requires: tuple[str, ...]
    languages: tuple[Language, ...] = ()
    crates: tuple[CratePin, ...] = ()
    asks: bool = False
    fixes: tuple[str, ...] = (OTHER,)


def tags(targets: Targets) -> tuple[str, ...]:
    """The targets as neve.lock names them: interpreter and platform, as in the file name of a wheel (PEP 425, 600)."""
    tags = (
        f"{target.abi}-manylinux_{target.glibc[0]}_{target.glibc[1]}_{target.architecture}"
        for of in targets.values()
        for target in of
    )
    return tuple(dict.fromkeys(tags))


def need_of(
    tree: Tree,
    *,
    key: str,
    name: str,
    label: str,
    targets: Targets,
    system: BuildSystem | None = None,
    extra: Sequence[str] = (),
    fixes: Sequence[str] = (OTHER,),
) -> Need:
    """What the source ``tree`` needs to be built, ``extra`` requirements besides its own; ``label`` is what errors call
    it, and ``system`` its build system where that is known.

    Raises NeveError for what is no requirement, or cannot be pinned; ``fixes`` are its remedies.
    """
    where = f"{label}, pyproject.toml"
    text = tree.texts.get("pyproject.toml") if system is None else None
    try:
        found = build_system_from(parse_toml(text, where=where), where=where) if text is not None else None
    except NeveError as error:
        error.fixes = tuple(fixes)  # what is published, the user cannot mend
        raise
    system = system or found or _SETUP_PY
    every = [target for of in targets.values() for target in of]
    return Need(
        key=key,
        name=name,
        label=label,
        targets=targets,
        system=system,
        requires=needed_requirements(
            [*system.requires, *extra], every, where=f"{where}, build-system.requires", fixes=fixes
        ),
        languages=tree.languages(system),
        crates=crates_of(tree, system, label=label),
        asks=tree.must_be_asked(system),
        fixes=tuple(fixes),
    )


def needed_requirements(
    requires: Iterable[str], targets: Sequence[Target], *, where: str, fixes: Sequence[str] = (OTHER,)
) -> tuple[str, ...]:
    """``requires`` in the form of PEP 508, without those that no target needs. Raises NeveError."""
    from packaging.requirements import Requirement

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
            raise NeveError(f"{text[:200]!r} is not a requirement", where=where, why=why, fixes=fixes) from None
        if requirement.url is not None:
            raise NeveError(
                f"the build requirement {requirement.name!r} is a URL",
                where=where,
                why="neve takes build requirements from the project's indexes only",
                fixes=fixes,
            )
        if is_needed:
            needed.append(written)
    return tuple(dict.fromkeys(needed))


def resolve_needs(needs: Sequence[Need], uv: Uv, own: str, settings: BuildSettings = NO_SETTINGS) -> dict[str, Built]:
    """The build requirements' wheels, by the keys of ``needs``. Each distinct set is resolved once: most packages share
    a few. Raises NeveError with all that do not resolve, or lack a wheel for the architecture ``own``.
    """
    groups: dict[frozenset[str], list[Need]] = {}
    for need in needs:
        groups.setdefault(frozenset(need.requires), []).append(need)
    found: dict[str, Built] = {}
    problems: list[NeveError] = []
    with ThreadPoolExecutor(_JOBS) as pool:
        pylocks = [pool.submit(_compiled, group, uv, settings) for group in groups.values()]
        for group, pylock in zip(groups.values(), pylocks, strict=True):
            try:
                found |= _wheels(group, pylock.result(), own)
            except NeveError as error:
                problems.append(error)
    if (problem := collected(problems)) is not None:
        raise problem
    return found


def _compiled(group: Sequence[Need], uv: Uv, settings: BuildSettings) -> str:
    """The text of a pylock with what ``group`` needs, empty where it needs nothing."""
    requires = sorted(group[0].requires)
    (target, *_), *_ = group[0].targets.values()
    options = {"constraints": settings.constraints} if settings.constraints else {}
    try:
        return compile_build_requires(
            uv, requires, python=".".join(map(str, target.python)), fixes=list(group[0].fixes), **options
        )
    except NeveError as error:
        error.what = f"{error.what}, which {_names(group)} must be built with"
        raise


def _wheels(group: Sequence[Need], pylock: str, own: str) -> dict[str, Built]:
    """The wheels of ``pylock`` for each of ``group``, which may differ in their architectures."""
    alike: dict[tuple[str, ...], list[Need]] = {}
    for need in group:
        alike.setdefault(tuple(need.targets), []).append(need)
    found: dict[str, Built] = {}
    for needs in alike.values():
        try:
            where = f"build-system.requires of {_names(needs)}"
            built = build_pins(pylock, needs[0].targets, own=own, where=where) if pylock else Built()
        except NeveError as error:
            for each in error.errors:
                each.fixes = (*needs[0].fixes, "or another Python under [tool.neve]")
            raise
        found.update((need.key, built) for need in needs)
    return found


def _names(group: Sequence[Need]) -> str:
    return ", ".join(need.label for need in group)


def build_fields(need: Need, built: Built) -> dict[str, Any]:
    """What the pins of all that is built have in common, but for the version."""
    return {
        "name": need.name,
        "backend": need.system.backend,
        "backend_path": need.system.backend_path,
        "requires": need.requires,
        "targets": tags(need.targets),
        "languages": need.languages,
        "crates": need.crates,
        "wheels": built.wheels,
        "lacking": built.lacking,
    }


__all__ = ["OTHER", "Need", "build_fields", "need_of", "needed_requirements", "resolve_needs", "tags"]
