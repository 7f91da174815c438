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
    toolkit = [each for each in error.lacking if each.kind == "cuda"]
    others = [each for each in error.lacking if each.kind != "cuda"][:_MOST]
    try:
        packages = find_base(lock.base.name).packages_with(session, lock, others) if others else {}
    except NeveError:  # the index cannot be had: then there is no hint
        packages = {}
    error.fixes = (*_toolkit(toolkit, lock), *_fixes(others, packages), *error.fixes)
    return error


def _toolkit(lacking: Iterable[Lacking], lock: Lock) -> list[str]:
    """What to add to the toolkit, of which the image holds what is named."""
    from neve.cuda.components import component_of

    found = {component_of(each.package) for each in lacking if each.package}
    names = sorted({component.name for component in found if component is not None})
    if not names:
        return []
    asked = lock.cuda.toolkit if lock.cuda is not None else ()
    wanted = _list([*asked, *(name for name in names if name not in asked)])
    return [f"toolkit = {wanted} under [tool.neve.cuda], then `neve lock`: the image needs it to run"]


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
