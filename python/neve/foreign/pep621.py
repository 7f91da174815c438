"""What `[project]` and `[dependency-groups]` ask for (PEP 621, PEP 735), as wishes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from urllib.parse import parse_qs, unquote

from neve.foreign.checked import git_url_of, is_archive, path_of, reference_of, url_of
from neve.foreign.marker import normalized
from neve.foreign.package import Dependency, Git, Local, Source, Url, Wish
from neve.foreign.requirement import egg_name, read_requirement
from neve.foreign.table import Problems, Table, shown

_EDITABLE = re.compile(r"\s*(-e|--editable)[\s=]+")
_ROOT = "file:///${PROJECT_ROOT}"
_MOST_INCLUDED = 10_000  # groups and what they bring, all told
_MOST_SHOWN = 10


def project_wishes(data: Mapping[str, object], problems: Problems) -> list[Wish]:
    """The dependencies of ``[project]`` of a parsed pyproject.toml, those of its extras with the extra's name."""
    project = Table(data, "", problems).table("project")
    found = [wish for _, wish in _wishes(project, "dependencies")]
    extras = project.table("optional-dependencies")
    for extra in extras.data:
        for _, wish in _wishes(extras, extra):
            found.append(_replaced(wish, optional=True, extras_of=frozenset({normalized(extra)})))
    return found


def group_wishes(data: Mapping[str, object], problems: Problems) -> list[Wish]:
    """The dependencies of ``[dependency-groups]``, groups that are included among them (PEP 735)."""
    table = Table(data, "", problems).table("dependency-groups")
    return expanded(table)


def expanded(table: Table) -> list[Wish]:
    """The wishes of the groups that ``table`` holds, each a list of requirements and of groups to include."""
    by_name = {normalized(group): group for group in table.data if isinstance(group, str)}
    own = {name: [*_group(table, group)] for name, group in by_name.items()}
    includes: dict[str, list[str]] = {name: [] for name in by_name}
    for name, group in by_name.items():
        for key, included in _included(table, group):
            if included in by_name:
                includes[name].append(included)
            else:
                table.problem(f"there is no group {shown(included)} to include", key)
    found = with_included(own, includes, table)
    return [_replaced(wish, group=name) for name in by_name for wish in found.get(name, ())]


def with_included(
    own: Mapping[str, Sequence[Wish]], includes: Mapping[str, Sequence[str]], table: Table
) -> dict[str, list[Wish]]:
    """The wishes of each group, ``own`` ones first, then those of the groups that it ``includes``, and that these do.

    Noted, as a mistake in ``table``, and nothing returned: groups that include themselves (PEP 735), by others too, and
    more than neve reads.
    """
    try:
        order = tuple(TopologicalSorter(includes).static_order())
    except CycleError as error:
        circle = [shown(name) for name in reversed(error.args[1])]  # each includes the one after it
        text = " -> ".join(circle if len(circle) <= _MOST_SHOWN else [*circle[:_MOST_SHOWN], "…"])
        table.problem("groups include one another in a circle", why=text)
        return {}
    whole: dict[str, dict[int, Wish]] = {}  # by identity: what two groups bring is there once
    size = 0
    for name in order:
        whole[name] = {id(wish): wish for wish in own.get(name, ())}
        for included in includes.get(name, ()):
            whole[name] |= whole[included]
            size += len(whole[included]) + 1
            if size > _MOST_INCLUDED:
                table.problem("the groups are more than neve reads")
                return {}
    return {name: [*wishes.values()] for name, wishes in whole.items()}


def _group(table: Table, group: str) -> Iterator[Wish]:
    for number, item in enumerate(table.items(group)):
        key = f"{group}[{number}]"
        if isinstance(item, str):
            if (wish := wish_of(table, item, key)) is not None:
                yield wish
        elif not isinstance(item, Mapping):
            table.problem(f"{shown(item)} is no requirement", key)


def _included(table: Table, group: str) -> Iterator[tuple[str, str]]:
    for number, item in enumerate(table.items(group)):
        if isinstance(item, Mapping):
            key = f"{group}[{number}]"
            name = Table(item, table.place(key), table.problems).text("include-group")
            if name is None:
                table.problem(f"{shown(dict(item))} includes no group", key)
            else:
                yield key, normalized(name)


def _wishes(table: Table, key: str) -> Iterator[tuple[int, Wish]]:
    for number, text in enumerate(table.texts(key)):
        if (wish := wish_of(table, text, f"{key}[{number}]")) is not None:
            yield number, wish


def wish_of(table: Table, text: str, key: str) -> Wish | None:
    """The wish that ``text``, a requirement found at ``key``, is; a mistake is noted, and None returned."""
    bare = _EDITABLE.sub("", text, count=1)
    editable = bare != text
    where = f"{table.problems.file}, {table.place(key)}"
    if editable or bare.startswith(("git+", "file:", "http:", "https:", "./")):
        name = egg_name(bare)
        source = source_of(table, bare, key, editable=editable)
        if isinstance(source, Local) and source.path == ".":
            return None  # the project itself
        if name is None:
            table.problem(f"{shown(text)} has no name", key, why="#egg=NAME at its end gives it one")
            return None
        return Wish(dependency=Dependency(name=normalized(name)), source=source, where=where)
    try:
        read = read_requirement(bare)
    except ValueError as error:
        table.problem(f"{shown(text)} is not a requirement", key, why=str(error))
        return None
    source = source_of(table, read.url, key, editable=False) if read.url else None
    return Wish(dependency=read.dependency, source=source, where=where)


def source_of(table: Table, url: str, key: str, *, editable: bool) -> Source | None:
    """Where ``url``, found at ``key``, leads: to a repository, an archive or a path of the project."""
    address, _, fragment = url.partition("#")
    subdirectory = path_of(table, parse_qs(fragment).get("subdirectory", [None])[0], key)
    if address.startswith("git+"):
        base, _, reference = address.partition("://")[2].rpartition("@")
        has_reference = bool(base) and "/" in base
        bare = address.removesuffix(f"@{reference}") if has_reference else address
        found = git_url_of(table, bare, key)
        requested = reference_of(table, reference, key) if has_reference else None
        return Git(url=found or "", commit="", requested=requested, subdirectory=subdirectory)
    if address.startswith(_ROOT) or not re.match(r"[a-z+]+:", address):
        path = path_of(table, unquote(address.removeprefix(_ROOT).lstrip("/")) or ".", key) or ""
        return Local(path=path, directory=not is_archive(path), editable=editable, subdirectory=subdirectory)
    found = url_of(table, address, key)
    return Url(url=found, subdirectory=subdirectory) if found else None


def own_extras(wishes: Sequence[Wish], name: str | None, extras: Iterable[str]) -> frozenset[str]:
    """``extras`` and those that they ask of the project itself, ``name``, as in `all = ["app[a,b]"]`."""
    found = set(extras)
    while True:
        more = {
            extra
            for wish in wishes
            if wish.dependency.name == name and wish.extras_of & found
            for extra in wish.dependency.extras
        }
        if more <= found:
            return frozenset(found)
        found |= more


def _replaced(wish: Wish, **changes: object) -> Wish:
    from dataclasses import replace

    return replace(wish, **changes)  # type: ignore[arg-type]


__all__ = ["expanded", "group_wishes", "own_extras", "project_wishes", "source_of", "wish_of", "with_included"]
