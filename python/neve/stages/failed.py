"""A build that failed for want of a header, a library or a program: which package of the base has it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from neve.bases.base import find_base
from neve.errors import NeveError
from neve.nix.failure import BuildError

if TYPE_CHECKING:
    from neve.lock.model import Lock
    from neve.nix.lacking import Lacking
    from neve.session import Session

_MOST = 4


def explained_failure(session: Session, lock: Lock, error: NeveError) -> NeveError:
    """``error``, with what to add to the configuration where its build says what it lacks."""
    if not isinstance(error, BuildError) or not error.lacking:
        return error
    try:
        packages = find_base(lock.base.name).packages_with(session, lock, error.lacking[:_MOST])
    except NeveError:  # the index cannot be had: then there is no hint
        packages = {}
    error.fixes = (*_fixes(error.lacking[:_MOST], packages), *error.fixes)
    return error


def _fixes(lacking: Iterable[Lacking], packages: dict[Lacking, str]) -> list[str]:
    """A line for each of the two keys, and one for what no package is known of."""
    run = sorted({packages[each] for each in lacking if each.kind == "linked" and each in packages})
    build = sorted({packages[each] for each in lacking if each.kind != "linked" and each in packages})
    unknown = [each for each in lacking if each not in packages]
    fixes = []
    if run:
        fixes.append(f"system = {_list(run)} under [tool.neve]: the image needs it to run")
    if build:
        fixes.append(f"system = {_list(build)} under [tool.neve.build], then `neve lock`: the build needs it")
    for each in unknown:
        key = "[tool.neve]" if each.kind == "linked" else "[tool.neve.build]"
        fixes.append(f"`system` under {key} names the package with the {_word(each)} {each.name}")
    return fixes


def _list(names: list[str]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


def _word(each: Lacking) -> str:
    return {"linked": "library", "module": "development files of"}.get(each.kind, each.kind)


__all__ = ["explained_failure"]
