"""Pipfile.lock, specification 6, as a ForeignLock. Unknown keys are left alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from neve.errors import NeveError
from neve.foreign.checked import (
    checked_name,
    commit_of,
    git_url_of,
    is_archive,
    marker_of,
    path_of,
    sha256_of,
    url_of,
    version_at,
)
from neve.foreign.marker import Marker, normalized
from neve.foreign.package import File, ForeignLock, Git, Local, LockedPackage, Registry, Source, Url
from neve.foreign.table import Problems, Table, shown

FILE = "Pipfile.lock"
REFRESH = "pipenv lock"
DEFAULT = "default"
DEVELOP = "develop"
_SPECIFICATION = 6
# Before markers had a key of their own, each variable was one.
VARIABLES = (
    "os_name",
    "sys_platform",
    "platform_machine",
    "platform_python_implementation",
    "platform_release",
    "platform_system",
    "platform_version",
    "python_version",
    "python_full_version",
    "implementation_name",
    "implementation_version",
)


def pipfile_lock(data: Mapping[str, Any]) -> ForeignLock:
    """The lock of a parsed Pipfile.lock. Raises NeveError with what is wrong in it."""
    problems = Problems(FILE, f"write it anew: `{REFRESH}`")
    top = Table(data, "", problems)
    meta = top.table("_meta")
    specification = meta.data.get("pipfile-spec")
    if specification != _SPECIFICATION:
        raise NeveError(
            f"{FILE} has format {shown(specification)}; neve reads {_SPECIFICATION}",
            where=f"{FILE}, _meta.pipfile-spec",
            fixes=[f"write it with a Pipenv of today: `{REFRESH}`"],
        )
    packages: list[LockedPackage] = []
    categories = [key for key in data if key != "_meta"]
    for category in categories:
        of = top.table(category)
        for name in of.data:
            if isinstance(name, str) and isinstance(of.data[name], Mapping):
                packages.append(_package(of.table(name), checked_name(of, name, name), normalized(category)))
            else:
                of.problem(f"{shown(of.data[name])} is not a table", str(name))
    sources = tuple(_sources(meta))
    problems.raise_any()
    return ForeignLock(
        file=FILE,
        refresh=REFRESH,
        packages=tuple(packages),
        inherited=True,
        groups=frozenset(map(normalized, categories)),
        content_hash=meta.table("hash").text("sha256"),
        sources=sources,
    )


def _sources(meta: Table) -> Iterator[Registry]:
    """The indexes, the first of which is that of packages that name none; variables in URLs stay as they are."""
    for table in meta.tables("sources"):
        if (url := table.text("url")) is None:
            table.problem("there is no URL", "url")
        else:
            yield Registry(url=url, name=table.text("name"))


def _package(table: Table, name: str, category: str) -> LockedPackage:
    source = _source(table)
    # What the locking machine did not need stays as the Pipfile has it: "*".
    locked = isinstance(source, Registry) and (table.text("version") or "").startswith("==")
    hashes = (sha256_of(table, text, f"hashes[{number}]") for number, text in enumerate(table.texts("hashes")))
    return LockedPackage(
        name=name,
        version=version_at(table, prefix="==") if locked else None,
        source=source,
        files=tuple(File(sha256=sha256) for sha256 in hashes if sha256 is not None),
        marker=_marker(table),
        groups=frozenset({category}),
        where=table.key,
    )


def _marker(table: Table) -> Marker | None:
    parts = [table.text("markers"), *(f"{key} {table.text(key)}" for key in VARIABLES if key in table)]
    return marker_of(table, " and ".join(f"({part})" for part in parts if part), "markers")


def _source(table: Table) -> Source:
    subdirectory = path_of(table, table.text("subdirectory"), "subdirectory")
    editable = table.flag("editable")
    if "git" in table:
        url = git_url_of(table, table.text("git"), "git")
        commit = commit_of(table, table.text("ref"), "ref")
        return Git(url=url or "", commit=commit or "", subdirectory=subdirectory)
    for system in ("hg", "svn", "bzr"):
        if system in table:
            table.problem(f"neve fetches from no {system} repository", system)
    text = table.text("file") or table.text("path")
    if text is not None and "://" in text:
        return Url(url=url_of(table, text, "file") or "", subdirectory=subdirectory)
    if text is not None:
        path = path_of(table, text, "path") or ""
        return Local(path=path, directory=not is_archive(path), editable=editable, subdirectory=subdirectory)
    return Registry(name=table.text("index"))


__all__ = ["DEFAULT", "DEVELOP", "FILE", "REFRESH", "VARIABLES", "pipfile_lock"]
