"""What a lock has, held against what a resolution of the same wishes needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from neve.errors import NeveError
from neve.project.facts import normalized
from neve.requirements.honour import applies

if TYPE_CHECKING:
    from neve.python.target import Target

_MOST = 5


def complete(
    data: Mapping[str, Any],
    whole: Mapping[str, Any],
    targets: Mapping[str, Sequence[Target]],
    *,
    file: str,
    fixes: Sequence[str],
    excluded: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """``data``, the pylock that the lock ``file`` is, where no target lacks a package of ``whole``: what its pins and
    the project's wishes resolve to. Those of ``excluded``, normalized names, may be lacking.

    ``targets`` are by architecture, the one that must be had first: what another lacks takes it out of the lock's
    environments. Raises NeveError with what is lacking.
    """
    lacking = {
        architecture: sorted(
            name
            for name in {name for target in each for name in _names(whole, target) - _names(data, target)}
            if name not in excluded
        )
        for architecture, each in targets.items()
    }
    if names := lacking[next(iter(targets))]:
        raise NeveError(
            f"{file} does not fit the project: it does not hold {', '.join(names[:_MOST])}"
            + (f" and {len(names) - _MOST} more" if len(names) > _MOST else ""),
            where=file,
            why="the project, or a package that is locked, asks for it",
            fixes=fixes,
        )
    if not any(lacking.values()):
        return dict(data)
    wrong = {f"platform_machine == '{architecture}'" for architecture, names in lacking.items() if names}
    all_ = [f"platform_machine == '{architecture}'" for architecture in targets]
    return {**data, "environments": [each for each in data.get("environments", all_) if each not in wrong]}


def _names(data: Mapping[str, Any], target: Target) -> set[str]:
    """The packages that ``target`` installs."""
    return {
        normalized(package["name"])
        for package in data.get("packages", [])
        if isinstance(package.get("name"), str) and applies(package.get("marker"), target)
    }


__all__ = ["complete"]
