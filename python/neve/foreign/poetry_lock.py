"""poetry.lock, formats 1.0 to 2.1, as a ForeignLock. Unknown keys are left alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from neve.errors import NeveError
from neve.foreign.checked import (
    checked_name,
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
from neve.foreign.constraint import poetry
from neve.foreign.marker import Marker, normalized
from neve.foreign.package import Dependency, File, ForeignLock, Git, Local, LockedPackage, Registry, Source, Url
from neve.foreign.table import Problems, Table, shown

FILE = "poetry.lock"
REFRESH = "poetry lock"
_KNOWN = re.compile(r"[12]\.\d+\Z")
_EXTRA_ITEM = re.compile(r"\s*(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[(?P<extras>[^\]]*)\])?")


def poetry_lock(data: Mapping[str, Any]) -> ForeignLock:
    """The lock of a parsed poetry.lock. Raises NeveError with what is wrong in it."""
    problems = Problems(FILE, f"write it anew: `{REFRESH}`")
    top = Table(data, "", problems)
    metadata = top.table("metadata")
    version = metadata.text("lock-version") or "1.0"
    if not _KNOWN.match(version):
        raise NeveError(
            f"{FILE} has format {shown(version)}; neve reads 1.0 to 2",
            where=f"{FILE}, metadata.lock-version",
            fixes=[f"write it with a Poetry of today: `{REFRESH}`"],
        )
    inherited = tuple(map(int, version.split("."))) >= (2, 1)
    old = _old_files(metadata.table("files"))
    packages = [_package(table, old, inherited) for table in top.tables("package")]
    problems.raise_any()
    return ForeignLock(
        file=FILE,
        refresh=REFRESH,
        packages=tuple(packages),
        inherited=inherited,
        main_group="main",
        content_hash=metadata.text("content-hash"),
    )


def _package(table: Table, old: Mapping[str, tuple[File, ...]], inherited: bool) -> LockedPackage:
    name = name_at(table)
    version = version_at(table)
    if version is None and "version" not in table:
        table.problem("there is no version")
    marker, group_markers = _markers(table)
    plain, optional = _dependencies(table.table("dependencies"))
    listed = tuple(_files(table)) if "files" in table else old.get(name, ())
    return LockedPackage(
        name=name,
        version=version,
        source=_source(table),
        files=listed,
        marker=marker,
        groups=frozenset(normalized(group) for group in table.texts("groups")) if inherited else None,
        group_markers=group_markers,
        requires_python=table.text("python-versions"),
        dependencies=tuple(plain),
        extra_dependencies=_extras(table.table("extras"), name, plain, optional),
        where=table.key,
    )


def _markers(table: Table) -> tuple[Marker | None, Mapping[str, Marker]]:
    """What the package's ``markers`` say for all groups, and for each; format 1.0 has ``marker``."""
    value = table.data.get("markers")
    if isinstance(value, Mapping):
        of = table.table("markers")
        read = {normalized(group): marker_of(of, of.text(group), group) for group in value}
        return None, {group: marker for group, marker in read.items() if marker is not None}
    key = "markers" if "markers" in table else "marker"
    return marker_of(table, table.text(key), key), {}


def _files(table: Table) -> Iterator[File]:
    for entry in table.tables("files"):
        sha256 = sha256_of(entry, entry.text("hash"), "hash")
        name = file_name_at(entry, "file")
        if sha256 is not None:
            yield File(sha256=sha256, name=name, url=url_of(entry, entry.text("url"), "url"))


def _old_files(table: Table) -> dict[str, tuple[File, ...]]:
    """The files of format 1.1, which lie in one table, those of all versions of a package together."""
    found: dict[str, tuple[File, ...]] = {}
    for name in table.data:
        key = checked_name(table, name, name) if isinstance(name, str) else ""
        found[key] = tuple(_files(Table({"files": table.data[name]}, table.place(str(name)), table.problems)))
    return found


def _source(table: Table) -> Source:
    if "source" not in table:
        return Registry()
    source = table.table("source")
    kind, url = source.text("type"), source.text("url")
    subdirectory = path_of(source, source.text("subdirectory"), "subdirectory")
    if kind == "legacy":
        return Registry(url=url_of(source, url, "url"), name=source.text("reference"))
    if kind == "git":
        found = git_url_of(source, url, "url")
        commit = commit_of(source, source.text("resolved_reference"), "resolved_reference")
        requested = reference_of(source, source.text("reference"), "reference")
        return Git(url=found or "", commit=commit or "", requested=requested, subdirectory=subdirectory)
    if kind == "url":
        return Url(url=url_of(source, url, "url") or "", subdirectory=subdirectory)
    if kind in ("directory", "file"):
        path = path_of(source, url, "url") or ""
        directory = kind == "directory" and not is_archive(path)
        return Local(path=path, directory=directory, editable=table.flag("develop"), subdirectory=subdirectory)
    source.problem(f"neve knows no source of type {shown(kind)}", "type")
    return Registry()


def _dependencies(table: Table) -> tuple[list[Dependency], list[Dependency]]:
    """Those that are always needed, and those that an extra brings."""
    plain: list[Dependency] = []
    optional: list[Dependency] = []
    for name in table.data:
        value = table.data[name]
        entries = value if isinstance(value, list) else [value]
        key = checked_name(table, name, str(name)) if isinstance(name, str) else ""
        for entry in entries:
            if isinstance(entry, str):
                plain.append(Dependency(name=key, constraint=constraint_of(table, entry, str(name), poetry)))
            elif isinstance(entry, Mapping):
                one = Table(entry, table.place(str(name)), table.problems)
                (optional if one.flag("optional") else plain).append(_dependency(one, key))
            else:
                table.problem(f"{shown(entry)} is no dependency", str(name))
    return plain, optional


def _dependency(table: Table, name: str) -> Dependency:
    python = constraint_of(table, table.text("python"), "python", poetry).python_marker()
    markers = " and ".join(f"({text})" for text in (table.text("markers"), python) if text)
    return Dependency(
        name=name,
        constraint=constraint_of(table, table.text("version"), "version", poetry),
        extras=frozenset(map(normalized, table.texts("extras"))),
        marker=marker_of(table, markers, "markers"),
    )


def _extras(
    table: Table, own: str, plain: list[Dependency], optional: list[Dependency]
) -> dict[frozenset[str], tuple[Dependency, ...]]:
    """What each extra brings: dependencies that are optional, and others of the package's own extras."""
    found: dict[frozenset[str], tuple[Dependency, ...]] = {}
    for extra in table.data:
        names: set[str] = set()
        selves: set[str] = set()
        for text in table.texts(extra):
            item = _EXTRA_ITEM.match(text)
            if item is None:
                table.problem(f"{shown(text)} is no requirement", extra)
            elif normalized(item["name"]) == own:
                selves |= {normalized(each.strip()) for each in (item["extras"] or "").split(",") if each.strip()}
            else:
                names.add(normalized(item["name"]))
        again = [Dependency(name=own, extras=frozenset(selves))] if selves else []
        # Before format 1.1 what an extra brings was not said to be optional.
        wanted = [*optional, *(each for each in plain if each.marker and "extra" in each.marker.text)]
        found[frozenset({normalized(extra)})] = (*(each for each in wanted if each.name in names), *again)
    return found


__all__ = ["FILE", "REFRESH", "poetry_lock"]
