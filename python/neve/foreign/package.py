"""The one model of foreign locks: packages, what they depend on, their files and where they come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from neve.foreign.constraint import ANY, Constraint
from neve.foreign.marker import Marker


@dataclass(frozen=True, kw_only=True)
class File:
    """A locked file: its SHA-256 (hexadecimal), its name and its URL where the lock says them."""

    sha256: str
    name: str | None = None
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Registry:
    """An index: the URL of its simple API, or the name that the project gives it; the default one without either."""

    url: str | None = None
    name: str | None = None


@dataclass(frozen=True, kw_only=True)
class Git:
    """A commit of a repository; ``requested`` is the branch or tag that was asked for."""

    url: str
    commit: str
    requested: str | None = None
    subdirectory: str | None = None


@dataclass(frozen=True, kw_only=True)
class Url:
    """An archive at a URL."""

    url: str
    subdirectory: str | None = None


@dataclass(frozen=True, kw_only=True)
class Local:
    """A file or a directory of the project; ``path`` is relative to its directory, with slashes."""

    path: str
    directory: bool
    editable: bool = False
    subdirectory: str | None = None


Source: TypeAlias = Registry | Git | Url | Local


@dataclass(frozen=True, kw_only=True)
class Dependency:
    """What a package asks for: a normalized name, the versions that will do, extras, and when."""

    name: str
    constraint: Constraint = ANY
    extras: frozenset[str] = frozenset()
    marker: Marker | None = None


@dataclass(frozen=True, kw_only=True)
class LockedPackage:
    """A package of a lock.

    ``version`` is None where the lock has none, which an index needs. ``groups`` are those that need it, None where the
    lock does not say; ``group_markers`` say for a group what ``marker`` says for all. ``dependencies`` are always
    needed, those of ``extra_dependencies`` where all of these extras are asked for. ``where`` is its place in the lock.
    """

    name: str
    version: str | None
    source: Source = Registry()
    files: tuple[File, ...] = ()
    marker: Marker | None = None
    groups: frozenset[str] | None = None
    group_markers: Mapping[str, Marker] = field(default_factory=dict, hash=False)
    requires_python: str | None = None
    dependencies: tuple[Dependency, ...] = ()
    extra_dependencies: Mapping[frozenset[str], tuple[Dependency, ...]] = field(default_factory=dict, hash=False)
    where: str = field(default="", compare=False)


@dataclass(frozen=True, kw_only=True)
class LockTarget:
    """What a lock was made for: versions of Python, and a platform such as ``manylinux_2_17_x86_64``; None for any."""

    python: Constraint = ANY
    platform: str | None = None


@dataclass(frozen=True, kw_only=True)
class ForeignLock:
    """A lock of another tool.

    ``inherited``: each package says itself when it is installed; else the dependencies are followed. ``main_group`` is
    what such packages call the group of what is always installed; ``extras_are_groups`` where the project's extras are
    groups too. ``groups`` are those that were locked, None where the lock does not say. ``refresh`` is the command that
    writes it anew. ``sources`` are its indexes, variables in their URLs not yet replaced.
    """

    file: str
    refresh: str
    packages: tuple[LockedPackage, ...]
    inherited: bool
    main_group: str = "default"
    extras_are_groups: bool = False
    groups: frozenset[str] | None = None
    targets: tuple[LockTarget, ...] = ()
    content_hash: str | None = None
    sources: tuple[Registry, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a project itself asks for.

    ``group`` is None for what is always installed; ``extras_of`` are the project's extras that bring it (empty
    where it is no optional dependency); ``source`` is where it must come from, where that is said;
    ``where`` its place in the file.
    """

    dependency: Dependency
    group: str | None = None
    optional: bool = False
    extras_of: frozenset[str] = frozenset()
    source: Source | None = None
    reference: str | None = None
    where: str = field(default="", compare=False)


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """All that a project asks for, and the names of its extras and groups.

    ``overridden`` are packages whose version the project sets against what others ask for; ``excluded`` are never
    installed.
    """

    file: str
    wishes: Sequence[Wish]
    extras: frozenset[str]
    groups: frozenset[str]
    overridden: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()


__all__ = [
    "Dependency",
    "File",
    "ForeignLock",
    "Git",
    "Local",
    "LockTarget",
    "LockedPackage",
    "Registry",
    "Source",
    "Url",
    "Wish",
    "Wishes",
]
