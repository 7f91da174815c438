"""What a Poetry project asks for: `[tool.poetry]`, and `[project]` where that is used (Poetry 2)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from neve.foreign.checked import checked_name, constraint_of, git_url_of, is_archive, marker_of, path_of, url_of
from neve.foreign.checked import reference_of as checked_reference
from neve.foreign.constraint import poetry
from neve.foreign.marker import normalized
from neve.foreign.package import Dependency, Git, Local, Source, Url, Wish, Wishes
from neve.foreign.pep621 import group_wishes, project_wishes, with_included
from neve.foreign.table import Problems, Table, shown

FILE = "pyproject.toml"
_PLATFORM = re.compile(r"(?P<op>!=|==|)\s*(?P<name>[A-Za-z0-9_]+)\Z")


def poetry_wishes(data: Mapping[str, Any]) -> Wishes:
    """What a parsed pyproject.toml asks of Poetry. Raises NeveError with what is wrong in it."""
    problems = Problems(FILE, "mend it; `poetry check` says what Poetry thinks of it")
    top = Table(data, "", problems)
    table = top.table("tool").table("poetry")
    found = _main(data, table, problems)
    groups = {normalized(name) for name in top.table("dependency-groups").data}
    found += group_wishes(data, problems)
    for name, entry in (("dev", table), *_groups(table)):
        key = "dev-dependencies" if entry is table else "dependencies"
        if key in entry or entry is not table:
            groups.add(normalized(name))
            found += (replace(wish, group=normalized(name)) for wish in _wishes(entry.table(key)))
    found += _included(table, found, groups)
    extras = _extras(data, table)
    problems.raise_any()
    return Wishes(file=FILE, wishes=found, extras=frozenset(extras), groups=frozenset(groups))


def _main(data: Mapping[str, Any], table: Table, problems: Problems) -> list[Wish]:
    project = Table(data, "", problems).table("project")
    named = _extras(data, table)
    own = [_in_extras(wish, named) for wish in _wishes(table.table("dependencies"))]
    if not ({"dependencies", "optional-dependencies"} & {*project.data}):
        return own
    dynamic = "dependencies" in project.texts("dynamic")
    standard = project_wishes(data, problems)
    # There `[tool.poetry.dependencies]` only says where a package comes from, unless it is what is "dynamic".
    sources = {wish.dependency.name: wish.source for wish in own if wish.source is not None}
    enriched = [replace(w, source=w.source or sources.get(w.dependency.name)) for w in standard]
    return [*(wish for wish in own if dynamic and not wish.optional), *enriched]


def _in_extras(wish: Wish, extras: Mapping[str, frozenset[str]]) -> Wish:
    of = frozenset(extra for extra, names in extras.items() if wish.dependency.name in names)
    return replace(wish, extras_of=of) if wish.optional else wish


def _extras(data: Mapping[str, Any], table: Table) -> dict[str, frozenset[str]]:
    """The names of the project's extras, and of what each brings."""
    standard = Table(data, "", table.problems).table("project").table("optional-dependencies")
    found: dict[str, frozenset[str]] = {normalized(extra): frozenset() for extra in standard.data}
    for extra in table.table("extras").data:
        names = (re.split(r"[\s\[(<>=!~;]", text, maxsplit=1)[0] for text in table.table("extras").texts(extra))
        found[normalized(extra)] = frozenset(map(normalized, names))
    return found


def _groups(table: Table) -> Iterator[tuple[str, Table]]:
    groups = table.table("group")
    for name in groups.data:
        yield name, groups.table(name)


def _included(table: Table, wishes: list[Wish], groups: set[str]) -> Iterator[Wish]:
    """What groups have because they include others (Poetry 2.2)."""
    includes: dict[str, list[str]] = {}
    for name, entry in _groups(table):
        for number, text in enumerate(entry.texts("include-groups")):
            if normalized(text) in groups:
                includes.setdefault(normalized(name), []).append(normalized(text))
            else:
                entry.problem(f"there is no group {shown(text)} to include", f"include-groups[{number}]")
    own: dict[str, list[Wish]] = {}
    for wish in wishes:
        if wish.group is not None:
            own.setdefault(wish.group, []).append(wish)
    for name, found in with_included(own, includes, table.table("group")).items():
        yield from (replace(wish, group=name) for wish in found if wish.group != name)


def _wishes(table: Table) -> Iterator[Wish]:
    for name in table.data:
        if normalized(name) == "python":
            continue
        key = checked_name(table, name, name)
        value = table.data[name]
        for number, entry in enumerate(value if isinstance(value, list) else [value]):
            place = f"{name}[{number}]" if isinstance(value, list) else name
            if isinstance(entry, str):
                entry = {"version": entry}  # noqa: PLW2901
            if isinstance(entry, Mapping):
                yield _wish(Table(entry, table.place(place), table.problems), key)
            else:
                table.problem(f"{shown(entry)} is no dependency", place)


def _wish(table: Table, name: str) -> Wish:
    python = constraint_of(table, table.text("python"), "python", poetry).python_marker()
    parts = [table.text("markers"), python, _platform(table)]
    return Wish(
        dependency=Dependency(
            name=name,
            constraint=constraint_of(table, table.text("version"), "version", poetry),
            extras=frozenset(map(normalized, table.texts("extras"))),
            marker=marker_of(table, " and ".join(f"({part})" for part in parts if part), "markers"),
        ),
        optional=table.flag("optional"),
        source=_source(table),
        reference=table.text("source"),
        where=f"{FILE}, {table.key}",
    )


def _platform(table: Table) -> str | None:
    text = table.text("platform")
    if text is None or text.strip() == "*":
        return None
    alternatives = []
    for part in re.split(r"\|\|?", text):
        match = _PLATFORM.match(part.strip())
        if match is None:
            table.problem(f"{shown(text)} names no platforms", "platform")
            return None
        alternatives.append(f"sys_platform {match['op'] or '=='} '{match['name']}'")
    return " or ".join(alternatives)


def _source(table: Table) -> Source | None:
    subdirectory = path_of(table, table.text("subdirectory"), "subdirectory")
    if "git" in table:
        asked = next((key for key in ("rev", "tag", "branch") if key in table), "rev")
        requested = checked_reference(table, table.text(asked), asked)
        url = git_url_of(table, table.text("git"), "git")
        return Git(url=url or "", commit="", requested=requested, subdirectory=subdirectory)
    if "url" in table:
        return Url(url=url_of(table, table.text("url"), "url") or "", subdirectory=subdirectory)
    key = "path" if "path" in table else "file"
    if key in table:
        path = path_of(table, table.text(key), key) or ""
        return Local(
            path=path, directory=not is_archive(path), editable=table.flag("develop"), subdirectory=subdirectory
        )
    return None


__all__ = ["poetry_wishes"]
