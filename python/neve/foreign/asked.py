"""Which extras and groups of a project are asked for: names, or all of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal, TypeAlias

from neve.errors import NeveError, collected
from neve.foreign.marker import normalized
from neve.foreign.package import ForeignLock, Wishes
from neve.foreign.table import shown

Names: TypeAlias = Sequence[str] | Literal["all"] | None


def asked_extras(names: Names, wishes: Wishes) -> frozenset[str]:
    """The project's extras that ``names`` are. Raises NeveError for those that it does not have."""
    return _asked(names, wishes.extras, what="extra", key="extras", file=wishes.file)


def asked_groups(names: Names, kind: str, wishes: Wishes) -> frozenset[str]:
    """The project's groups that ``names`` are, Pipenv's categories by the names of its lock. Raises NeveError."""
    if kind == "pipenv" and names is not None and names != "all":
        from neve.foreign.pipfile import category_name

        names = [category_name(name) for name in names]
    return _asked(names, wishes.groups, what="group", key="groups", file=wishes.file)


def check_locked(lock: ForeignLock, kind: str, names: Collection[str]) -> None:
    """Raise NeveError where ``lock`` was made without some of ``names``, groups and extras."""
    lacking = sorted({*names} - lock.groups) if lock.groups is not None else []
    if lacking:
        fix = "pdm lock -G :all" if kind == "pdm" else lock.refresh
        raise NeveError(
            f"{lock.file} does not hold {', '.join(lacking)}",
            where=lock.file,
            why="it was locked without",
            fixes=[f"lock all groups: `{fix}`"],
        )


def _asked(names: Names, known: Collection[str], *, what: str, key: str, file: str) -> frozenset[str]:
    if names == "all":
        return frozenset(known)
    wanted = {normalized(name): name for name in names or ()}
    has = f"it has {', '.join(sorted(known))}" if known else f"it has no {key}"
    found = collected(
        NeveError(
            f"the project has no {what} {shown(name)}",
            where=f"tool.neve.{key}",
            why=f"{has} ({file})",
            fixes=[f"name one that it has, or take {shown(name)} out of tool.neve.{key}"],
        )
        for normal, name in wanted.items()
        if normal not in known
    )
    if found is not None:
        raise found
    return frozenset(wanted)


__all__ = ["Names", "asked_extras", "asked_groups", "check_locked"]
