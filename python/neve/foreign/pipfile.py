"""What a Pipfile asks for, by category."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from neve.foreign.checked import (
    checked_name,
    constraint_of,
    git_url_of,
    is_archive,
    marker_of,
    path_of,
    reference_of,
    url_of,
)
from neve.foreign.constraint import ANY, Constraint, pep440
from neve.foreign.marker import normalized
from neve.foreign.package import Dependency, Git, Local, Source, Url, Wish, Wishes
from neve.foreign.pipfile_lock import DEVELOP, VARIABLES
from neve.foreign.table import Problems, Table, shown

FILE = "Pipfile"
_MAIN = "packages"
_DEVELOPMENT = "dev-packages"
SECTIONS = ("source", "requires", "scripts", "pipfile", "pipenv")


def pipfile_wishes(data: Mapping[str, Any]) -> Wishes:
    """What a parsed Pipfile asks for. Raises NeveError with what is wrong in it."""
    problems = Problems(FILE, "mend it; `pipenv verify` says whether Pipenv takes it")
    top = Table(data, "", problems)
    categories = [key for key in data if key not in SECTIONS]
    found: list[Wish] = []
    for category in categories:
        table = top.table(category)
        group = None if category == _MAIN else category_name(category)
        for name in table.data:
            key = checked_name(table, name, name)
            value = table.data[name]
            entry = {"version": value} if isinstance(value, str) else value
            if isinstance(entry, Mapping):
                wish = _wish(Table(entry, table.place(name), problems), key, group)
                found += [wish] if wish is not None else []
            else:
                table.problem(f"{shown(value)} is no requirement", name)
    problems.raise_any()
    groups = frozenset(category_name(category) for category in categories if category != _MAIN)
    return Wishes(file=FILE, wishes=found, extras=frozenset(), groups=groups)


def category_name(category: str) -> str:
    """The name that Pipfile.lock has for ``category`` of the Pipfile; `dev` is short for `dev-packages`."""
    return DEVELOP if category in (_DEVELOPMENT, "dev") else normalized(category)


def _wish(table: Table, name: str, group: str | None) -> Wish | None:
    source = _source(table)
    if isinstance(source, Local) and source.path == ".":
        return None  # the project itself
    parts = [table.text("markers"), *(f"{key} {table.text(key)}" for key in VARIABLES if key in table)]
    return Wish(
        dependency=Dependency(
            name=name,
            constraint=constraint_of(table, table.text("version"), "version", _constraint),
            extras=frozenset(map(normalized, table.texts("extras"))),
            marker=marker_of(table, " and ".join(f"({part})" for part in parts if part), "markers"),
        ),
        group=group,
        source=source,
        reference=table.text("index"),
        where=f"{FILE}, {table.key}",
    )


def _constraint(text: str) -> Constraint:
    return ANY if text.strip() in ("*", "") else pep440(text)


def _source(table: Table) -> Source | None:
    subdirectory = path_of(table, table.text("subdirectory"), "subdirectory")
    if "git" in table:
        url = git_url_of(table, table.text("git"), "git")
        requested = reference_of(table, table.text("ref"), "ref")
        return Git(url=url or "", commit="", requested=requested, subdirectory=subdirectory)
    text = table.text("file") or table.text("path")
    if text is not None and "://" in text:
        return Url(url=url_of(table, text, "file") or "", subdirectory=subdirectory)
    if text is not None:
        path = path_of(table, text, "path") or ""
        directory, editable = not is_archive(path), table.flag("editable")
        return Local(path=path, directory=directory, editable=editable, subdirectory=subdirectory)
    return None


__all__ = ["SECTIONS", "category_name", "pipfile_wishes"]
