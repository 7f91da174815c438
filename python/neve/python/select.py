"""Choosing from a ``pylock.toml`` what a target installs (PEP 751); ``packaging`` does the choosing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from neve import toml
from neve.errors import NeveError, collected
from neve.python.build_rules import FREE, BuildRules, forbidden
from neve.python.chosen import artefact_of
from neve.python.target import Target
from neve.python.wheel import Wheel, highest_build_first

if TYPE_CHECKING:
    from packaging.pylock import Package, Pylock

    from neve.python.artefact import Artefact

Names: TypeAlias = Sequence[str] | Literal["all"]

# Source distributions as they were before PEP 625; packaging takes a lock that names one for malformed.
_OLD_SDIST = re.compile(r"\.(tgz|tbz2?|txz|tlz|tar(\.(bz2|xz|lz|lzma|zst|Z))?)\Z")
_LACKING = re.compile(r"No wheel found .* at packages\[([0-9]+)\]")


def select_wheels(pylock: str, target: Target, *, where: str) -> tuple[Wheel, ...]:
    """The wheels that ``target`` installs from the text of a pylock, sorted by name.

    Raises NeveError for a pylock that is not valid, and with every package that has no wheel for the target.
    """
    chosen = select_artefacts(pylock, target, where=where, sdists=False)
    return tuple(artefact for artefact in chosen if isinstance(artefact, Wheel))


def select_artefacts(
    pylock: str,
    target: Target,
    *,
    where: str,
    sdists: bool,
    rules: BuildRules = FREE,
    extras: Names = (),
    groups: Names | None = None,
) -> tuple[Artefact, ...]:
    """What ``target`` installs from the text of a pylock, sorted by name: wheels and, with ``sdists``, a source
    distribution where a package has no wheel for it, or ``rules`` want it built.

    ``extras`` and ``groups`` are those of the pylock itself, names or "all"; without ``groups`` its default ones.

    Raises NeveError for a pylock that is not valid, and with every package that cannot be had in one of these forms.
    """
    from packaging.markers import UndefinedEnvironmentName
    from packaging.pylock import PackageSdist, PylockSelectError

    lock, old = _parsed(pylock, where)
    problems: list[NeveError] = _unknown("extra", extras, lock.extras, where)
    problems += _unknown("group", groups or (), lock.dependency_groups, where)
    chosen: list[Artefact] = []
    try:
        for package, artefact in _selected(lock, target, rules, extras, groups):
            if artefact is None:
                problems.append(_no_wheel(package, "PackageWheel", target, where))
                continue
            if (problem := forbidden(package, artefact, rules, where=where)) is not None:
                problems.append(problem)
            elif isinstance(artefact, PackageSdist) and (file := old.get(artefact.filename)):
                problems.append(_no_wheel(package, "PackageSdist", target, where, old=file))
            elif not sdists and _is_built(artefact):
                problems.append(_no_wheel(package, type(artefact).__name__, target, where))
            else:
                try:
                    chosen.append(artefact_of(package, artefact, target, where=where))
                except NeveError as error:
                    problems.append(error)
    except (PylockSelectError, UndefinedEnvironmentName, ValueError, RecursionError) as error:
        problems.append(_unselectable(str(error), target, where))
    if (found := collected(problems)) is not None:
        raise found
    return tuple(sorted(chosen, key=lambda artefact: artefact.name))


def _parsed(pylock: str, where: str) -> tuple[Pylock, dict[str, str]]:
    """The lock; and the source distributions of an old format, which have names of PEP 625 in it, by these names."""
    from packaging.pylock import Pylock, PylockUnsupportedVersionError, PylockValidationError

    try:
        data = toml.loads(pylock)
        old = _rename_old_sdists(data)
        highest_build_first(data)
        return Pylock.from_dict(data), old
    except (ValueError, PylockValidationError, PylockUnsupportedVersionError, RecursionError) as error:
        raise NeveError(
            "the lock is not a valid pylock",
            where=where,
            why=str(error),
            fixes=["`uv lock` writes uv.lock anew"],
        ) from None


def _rename_old_sdists(data: dict[str, Any]) -> dict[str, str]:
    """Give .tar.bz2 and the like a name that packaging admits: a package that has one may well have a wheel too."""
    old: dict[str, str] = {}
    packages = data.get("packages")
    for package in packages if isinstance(packages, list) else ():
        sdist = package.get("sdist") if isinstance(package, dict) else None
        if not isinstance(sdist, dict):
            continue
        file = str(sdist.get("name") or sdist.get("path") or sdist.get("url") or "").rpartition("/")[2]
        if _OLD_SDIST.search(file):
            sdist["name"] = _OLD_SDIST.sub(".tar.gz", file)
            old[sdist["name"]] = file
    return old


def _selected(
    lock: Pylock, target: Target, rules: BuildRules, extras: Names, groups: Names | None
) -> Iterator[tuple[Package, Any]]:
    """What is installed of each package; None for one that has nothing for the target."""
    from dataclasses import replace

    from packaging.pylock import PylockSelectError

    while True:
        try:
            yield from [
                *lock.select(
                    environment=target.environment(),
                    tags=target.tags(),
                    extras=_named_by(extras, lock.extras),
                    dependency_groups=None if groups is None else _named_by(groups, lock.dependency_groups),
                    prefer_sdist_predicate=rules.source_only,
                )
            ]
            return
        except PylockSelectError as error:  # at the first: the others are looked for without it
            if (lacking := _LACKING.match(str(error))) is None:
                raise
            packages = [*lock.packages]
            yield packages.pop(int(lacking[1])), None
            lock = replace(lock, packages=packages)


def _named_by(named: Names, known: Sequence[str] | None) -> list[str]:
    """Those of the names that the pylock knows which are asked for, as it spells them."""
    from packaging.utils import canonicalize_name

    wanted = {canonicalize_name(name) for name in (named if named != "all" else known or ())}
    return [name for name in known or () if canonicalize_name(name) in wanted]


def _unknown(kind: str, named: Names, known: Sequence[str] | None, where: str) -> list[NeveError]:
    """An error for each extra or group of ``named`` that the pylock does not have."""
    from packaging.utils import canonicalize_name

    has = {canonicalize_name(name) for name in known or ()}
    return [
        NeveError(
            f"the lock has no {kind} {name!r}",
            where=f"tool.neve.{kind}s",
            why=f"{where} knows {', '.join(sorted(has)) or 'none'}",
            fixes=[f"name one that it has, or lock it with that {kind}"],
        )
        for name in (() if named == "all" else named)
        if canonicalize_name(name) not in has
    ]


def _is_built(artefact: Any) -> bool:
    """Whether ``artefact`` is no wheel."""
    from packaging.pylock import PackageArchive, PackageWheel

    if isinstance(artefact, PackageArchive):
        return not (artefact.path or artefact.url or "").partition("#")[0].partition("?")[0].endswith(".whl")
    return not isinstance(artefact, PackageWheel)


def _no_wheel(package: Package, kind: str, target: Target, where: str, *, old: str | None = None) -> NeveError:
    """``old`` is the package's source distribution where no base builds it."""
    named = f"{package.name} {package.version}" if package.version else str(package.name)
    source = {
        "PackageSdist": "a source distribution",
        "PackageVcs": "a version control repository",
        "PackageDirectory": "a directory",
        "PackageArchive": "an archive",
    }
    tags = sorted(
        {tag for wheel in package.wheels or () for tag in [wheel.filename.rsplit("-", 1)[-1].removesuffix(".whl")]}
    )
    why = (
        f"there is only {source.get(kind, kind)}"
        if not tags
        else f"its wheels are for {', '.join(tags[:6])}{' …' if len(tags) > 6 else ''}"
    )
    if old:
        why += f"; neve builds none like {old}, only .tar.gz (PEP 625) and .zip"
    return NeveError(
        f"{named} has no wheel for {_named(target)}",
        where=f"{where}, {package.name}",
        why=why,
        fixes=[
            f"take a version that has one: `uv add '{package.name}'` with another bound, then `uv lock`",
            *(["or another Python under [tool.neve] that its wheels are for"] if tags else []),
            *(["or another package in its place"] if not tags else []),
        ],
    )


def _unselectable(message: str, target: Target, where: str) -> NeveError:
    """``message`` is what ``packaging`` says."""
    if "environments specified in the lock" in message:
        message = f"it was made for other environments (environments in {where})"
        fixes = ["add this one to tool.uv.environments, or take the key out; then `neve lock`"]
    elif "Python version requirement" in message:
        message = f"its requires-python does not admit it: {message}"
        fixes = ["take another Python under [tool.neve]", "or widen project.requires-python, then `neve lock`"]
    elif "Multiple packages" in message:
        fixes = ["lock it anew with the tool that wrote it: markers of one package's entries exclude each other"]
    else:
        fixes = ["mend the marker where the package is asked for, then lock it anew"]
    return NeveError(f"the lock does not fit {_named(target)}", where=where, why=message, fixes=fixes)


def _named(target: Target) -> str:
    major, minor = target.python
    free = "free-threaded " if target.freethreaded else ""
    return f"{free}CPython {major}.{minor} on {target.architecture} with glibc {target.glibc[0]}.{target.glibc[1]}"


__all__ = ["select_artefacts", "select_wheels"]
