"""A lock of Poetry, PDM or Pipenv as a pylock (PEP 751) for the targets of an image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from neve.errors import NeveError, collected
from neve.foreign.asked import Names, asked_extras, asked_groups, check_locked
from neve.foreign.choose import Wanted, choose
from neve.foreign.files import FoundFiles, Located, fits, inside, locate, locate_archive, of_index
from neve.foreign.fresh import check_fresh
from neve.foreign.indexes import Index, indexes_of, project_indexes, same_place
from neve.foreign.metadata import project_name
from neve.foreign.package import ForeignLock, Git, Local, LockedPackage, Url
from neve.foreign.pylock import Entry, marker_for, pylock_text
from neve.foreign.read import foreign_lock, foreign_wishes, read_lock_data, read_wishes_data
from neve.python.target import Target

if TYPE_CHECKING:
    from neve.fetch import Fetcher
    from neve.python.uv import Uv

_MOST = 20
_ARCHITECTURES = ("x86_64", "aarch64", "armv7l", "ppc64le", "s390x", "riscv64", "i686")


def convert(
    kind: str,
    directory: Path,
    *,
    targets: Mapping[str, Sequence[Target]],
    extras: Names,
    groups: Names,
    fetcher: Fetcher,
    uv: Uv,
    environ: Mapping[str, str],
) -> str:
    """The lock of the project of ``kind`` in ``directory`` as the text of a pylock: what the tool itself installs for
    ``targets`` (by architecture, the one that must be had first), with the lock's own hashes.

    ``extras`` and ``groups`` are names or "all"; what is always installed is in it, the project itself is not.
    Raises NeveError for a lock that is malformed, stale or does not hold what is asked for, and for packages of which
    an index has no locked file; TransientError where an index does not answer.
    """
    data, locked = read_wishes_data(kind, directory), read_lock_data(kind, directory)
    lock, wishes = foreign_lock(kind, locked), foreign_wishes(kind, data)
    check_fresh(kind, lock, data, locked)
    wanted = Wanted(
        name=project_name(kind, data),
        wishes=wishes,
        extras=asked_extras(extras, wishes),
        groups=asked_groups(groups, kind, wishes),
    )
    check_locked(lock, kind, {*wanted.groups, *(wanted.extras if lock.extras_are_groups else ())})
    every = [target for of in targets.values() for target in of]
    own = next(iter(targets), "")
    choices = _choices(lock, wanted, every, own)
    installing: dict[LockedPackage, tuple[Target, ...]] = {}
    for target, chosen in choices.items():
        for package in chosen:
            installing[package] = (*installing.get(package, ()), target)
    conversion = _Conversion(directory, lock, project_indexes(kind, data, environ), fetcher, uv, environ)
    entries = conversion.entries(installing, own)
    return pylock_text(entries, list(choices), source=lock.file, environment=marker_for(list(choices), every))


def _choices(
    lock: ForeignLock, wanted: Wanted, targets: Sequence[Target], own: str
) -> dict[Target, list[LockedPackage]]:
    """What each target installs; one of another architecture than ``own`` that cannot be had is left out."""
    found: dict[Target, list[LockedPackage]] = {}
    for target in targets:
        try:
            _check_target(lock, target)
            chosen = choose(lock, wanted, target.environment())  # type: ignore[arg-type]
        except NeveError:
            if target.architecture == own:
                raise
            continue
        found[target] = [package for package in chosen if not _is_project(package)]
    return found


def _is_project(package: LockedPackage) -> bool:
    return isinstance(package.source, Local) and package.source.path == "."


def _check_target(lock: ForeignLock, target: Target) -> None:
    """Raise NeveError where the lock was made for other machines alone."""
    if not lock.targets:
        return
    for made_for in lock.targets:
        platform = made_for.platform or "linux"
        architecture = next((name for name in _ARCHITECTURES if platform.endswith(name)), target.architecture)
        is_linux = "linux" in platform and "musl" not in platform
        if is_linux and architecture == target.architecture and target.python_full_version in made_for.python:
            return
    names = ", ".join(f"{each.platform or 'any platform'} with Python {each.python}" for each in lock.targets)
    raise NeveError(
        f"{lock.file} was not made for Python {target.python_full_version} on linux {target.architecture}",
        where=f"{lock.file}, metadata.targets",
        why=f"it was made for {names}",
        fixes=[f"add it: `pdm lock --platform manylinux_2_28_{target.architecture} --append`"],
    )


@dataclass
class _Conversion:
    """One lock's packages, with their files."""

    directory: Path
    lock: ForeignLock
    known: Sequence[Index]
    fetcher: Fetcher
    uv: Uv
    environ: Mapping[str, str]

    def entries(self, installing: Mapping[LockedPackage, tuple[Target, ...]], own: str) -> list[Entry]:
        """An entry for each package. Raises NeveError."""
        found = locate(
            self.lock,
            [package for package in installing if of_index(package)],
            indexes=self._indexes,
            fetcher=self.fetcher,
        )
        problems: list[NeveError] = []
        entries: list[Entry] = []
        for package, targets in installing.items():
            try:
                entries.append(self._entry(package, targets, found.get(package), own))
            except NeveError as error:
                problems.append(error)
        if (problem := collected(problems[:_MOST])) is not None:
            raise problem
        return entries

    def _entry(self, package: LockedPackage, targets: tuple[Target, ...], found: FoundFiles | None, own: str) -> Entry:
        if isinstance(package.source, Git):
            return Entry(package=package, targets=targets)
        if isinstance(package.source, Local) and package.source.directory:
            inside(self.directory, package.source.path, f"{self.lock.file}, {package.where}")
            return Entry(package=package, targets=targets)
        if isinstance(package.source, Url | Local):
            archive = locate_archive(self.lock, package, self.directory, self.fetcher)
            return Entry(package=package, targets=targets, archive=archive)
        assert found is not None  # noqa: S101 - all of an index were located
        for target in targets:
            if target.architecture == own:
                self._check_files(package, found, target)
        return Entry(package=package, targets=targets, found=found)

    def _check_files(self, package: LockedPackage, found: FoundFiles, target: Target) -> None:
        """Raise NeveError where the lock has a file for ``target`` that the index lacks, and none that it has."""
        if fits(found.files, target):
            return
        names = {file.name for file in found.files}
        absent = [
            Located(name=file.name, sha256=file.sha256)
            for file in package.files
            if file.name not in names and file.name
        ]
        lacking = [file.name for file in absent if fits([file], target)]
        if lacking:
            raise NeveError(
                f"the index lacks the locked files of {package.name} {package.version} for {target.architecture}",
                where=found.index,
                why=f"{', '.join(lacking[:3])}",
                fixes=[f"lock what the index has: `{self.lock.refresh}`"],
            )

    def _indexes(self, package: LockedPackage) -> list[Index]:
        named = indexes_of(self.lock, package, self.known, self._default, self.environ)
        return [index for each in named for index in self._mirrors(each)]

    def _mirrors(self, index: Index) -> list[Index]:
        """``index``; but where it is the public one, and this machine asks a mirror in its place, that mirror."""
        if same_place(index.url, self._public) and not any(same_place(url, index.url) for url in self._default):
            return [Index(url=url) for url in self._default]
        return [index]

    @cached_property
    def _default(self) -> list[str]:
        mirror = self.environ.get("PIPENV_PYPI_MIRROR") if self.lock.sources else None
        return [mirror] if mirror else self.uv.indexes()

    @cached_property
    def _public(self) -> str:
        return next(iter(self.uv.indexes(public=True)), "")


__all__ = ["convert"]
