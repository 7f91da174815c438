"""pdm.lock, formats 4.x, as a ForeignLock. Unknown keys are left alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, urlsplit

from neve.errors import NeveError
from neve.foreign.checked import (
    commit_of,
    constraint_of,
    file_name_at,
    git_url_of,
    is_archive,
    marker_of,
    name_at,
    path_of,
    reference_of,
    sha256_of,
    url_of,
    version_at,
)
from neve.foreign.constraint import pep440
from neve.foreign.marker import normalized
from neve.foreign.package import (
    Dependency,
    File,
    ForeignLock,
    Git,
    Local,
    LockedPackage,
    LockTarget,
    Registry,
    Source,
    Url,
)
from neve.foreign.requirement import read_requirement
from neve.foreign.table import Problems, Table, shown

FILE = "pdm.lock"
REFRESH = "pdm lock"
_KNOWN = re.compile(r"4\.[0-9.]+\Z")
_INHERIT = "inherit_metadata"


def pdm_lock(data: Mapping[str, Any]) -> ForeignLock:
    """The lock of a parsed pdm.lock. Raises NeveError with what is wrong in it."""
    problems = Problems(FILE, f"write it anew: `{REFRESH}`")
    top = Table(data, "", problems)
    metadata = top.table("metadata")
    version = metadata.text("lock_version") or ""
    if not _KNOWN.match(version):
        raise NeveError(
            f"{FILE} has format {shown(version)}; neve reads 4.0 to 4.9",
            where=f"{FILE}, metadata.lock_version",
            fixes=[f"write it with a PDM of today: `{REFRESH}`"],
        )
    inherited = _INHERIT in metadata.texts("strategy")
    targets = tuple(_target(table) for table in metadata.tables("targets"))
    packages = _merged([_package(table, inherited) for table in top.tables("package")])
    groups = metadata.texts("groups") if "groups" in metadata else None
    problems.raise_any()
    return ForeignLock(
        file=FILE,
        refresh=REFRESH,
        packages=packages,
        inherited=inherited,
        extras_are_groups=True,
        targets=targets,
        groups=frozenset(map(normalized, groups)) if groups is not None else None,
        # From 2.27 on PDM compares what is asked for itself, in a form of its own.
        content_hash=None if "lock_inputs" in metadata else metadata.text("content_hash"),
    )


def _target(table: Table) -> LockTarget:
    python = constraint_of(table, table.text("requires_python"), "requires_python", pep440)
    return LockTarget(python=python, platform=table.text("platform"))


def _package(table: Table, inherited: bool) -> tuple[frozenset[str], LockedPackage]:
    name = name_at(table)
    extras = frozenset(map(normalized, table.texts("extras")))
    dependencies = tuple(_dependencies(table))
    source = _source(table)
    version = version_at(table)
    if version is None and isinstance(source, Registry):
        table.problem("there is no version")
    package = LockedPackage(
        name=name,
        version=version,
        source=source,
        files=tuple(_files(table)),
        marker=marker_of(table, table.text("marker"), "marker"),
        groups=frozenset(normalized(group) for group in table.texts("groups")) if inherited else None,
        requires_python=table.text("requires_python"),
        dependencies=() if extras else dependencies,
        extra_dependencies={extras: dependencies} if extras else {},
        where=table.key,
    )
    return extras, package


def _merged(entries: list[tuple[frozenset[str], LockedPackage]]) -> tuple[LockedPackage, ...]:
    """One package for what PDM lists once for itself and once for each set of its extras.

    Each of them may be needed by other groups and in other environments: where the entries differ in that, they stay
    apart, and the package is there when one of them is.
    """
    plain = [package for extras, package in entries if not extras]
    by_key = {(package.name, package.version, package.source): number for number, package in enumerate(plain)}
    apart: list[LockedPackage] = []
    for extras, package in entries:
        if not extras:
            continue
        number = by_key.get((package.name, package.version, package.source))
        if number is None:
            by_key[package.name, package.version, package.source] = len(plain)
            plain.append(package)
            continue
        base = plain[number]
        merged = {**base.extra_dependencies, **package.extra_dependencies}
        plain[number] = replace(base, extra_dependencies=merged, files=base.files or package.files)
        if (base.groups, base.marker) != (package.groups, package.marker):
            apart.append(package)
    return (*plain, *apart)


def _dependencies(table: Table) -> Iterator[Dependency]:
    for number, text in enumerate(table.texts("dependencies")):
        try:
            requirement = read_requirement(text)
        except ValueError as error:
            table.problem(f"{shown(text)} is not a requirement", f"dependencies[{number}]", why=str(error))
        else:
            yield requirement.dependency


def _files(table: Table) -> Iterator[File]:
    for entry in table.tables("files"):
        sha256 = sha256_of(entry, entry.text("hash"), "hash")
        url = url_of(entry, entry.text("url"), "url")
        name = file_name_at(entry, "file")
        if sha256 is not None:
            yield File(
                sha256=sha256, name=name or (unquote(urlsplit(url).path.rpartition("/")[2]) if url else None), url=url
            )


def _source(table: Table) -> Source:
    subdirectory = path_of(table, table.text("subdirectory"), "subdirectory")
    editable = table.flag("editable")
    if "git" in table:
        url = git_url_of(table, table.text("git"), "git")
        commit = commit_of(table, table.text("revision"), "revision")
        requested = reference_of(table, table.text("ref"), "ref")
        return Git(url=url or "", commit=commit or "", requested=requested, subdirectory=subdirectory)
    for system in ("hg", "svn", "bzr"):
        if system in table:
            table.problem(f"neve fetches from no {system} repository", system)
    if "path" in table:
        path = path_of(table, table.text("path"), "path") or ""
        return Local(path=path, directory=not is_archive(path), editable=editable, subdirectory=subdirectory)
    text = table.text("url")
    if text is None:
        return Registry()
    if text.startswith("file:///${PROJECT_ROOT}"):
        path = path_of(table, unquote(text.removeprefix("file:///${PROJECT_ROOT}").strip("/")) or ".", "url") or ""
        return Local(path=path, directory=not is_archive(path), editable=editable, subdirectory=subdirectory)
    return Url(url=url_of(table, text, "url") or "", subdirectory=subdirectory)


__all__ = ["FILE", "REFRESH", "pdm_lock"]
