"""Asking build backends what they need besides their static requirements, in the sandbox that will build them."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from neve.bases.base import find_base
from neve.errors import NeveError
from neve.python.sdist import Source
from neve.stages.work import own_directory

if TYPE_CHECKING:
    from pathlib import Path

    from neve.lock.model import Lock
    from neve.python.artefact import Artefact
    from neve.session import Session

_MOST = 1 << 20  # bytes of an answer
_FAILED = re.compile(r"building requires-(\S+) failed")


def answers_of(
    session: Session, lock: Lock, environments: Mapping[str, tuple[Artefact, ...]], keys: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """What the backends of the sources with these ``keys`` answer to get_requires_for_build_wheel (PEP 517), run by the
    base's own interpreter on this machine with what ``lock`` has for them.

    Raises NeveError with the end of what a backend said that failed.
    """
    from neve.nix.call import build, physical
    from neve.render.render import render
    from neve.stages.builders import OWN
    from neve.stages.failed import explained_failure
    from neve.stages.place import place_of
    from neve.stages.render import write_tree

    base = find_base(session.plan.base)
    own = environments[session.plan.machine]
    names = {a.key: a.name for a in own if isinstance(a, Source)}
    asked = [key for key in keys if key == OWN or key in names]
    directory = own_directory(session, "hooks")
    place = place_of(session, environments, root="../../../../." if session.script else "../../../.")
    write_tree(render(session.plan, lock, environments, place), directory)
    base.provide(session, lock, [a for a in own if isinstance(a, Source)])
    attributes = ["requires.project" if key == OWN else f'requires.packages."{names[key]}"' for key in asked]
    try:
        paths = build(
            session.nix,
            attributes,
            progress=session.progress,
            offline=session.options.offline,
            substitute=base.substitutes,
            extra=base.evaluation(directory, session.plan.machine),
        )
    except NeveError as error:
        raise explained_failure(session, lock, _named(error)) from None
    found = {key: _answer(physical(session.nix, path), key) for key, path in zip(asked, paths, strict=True)}
    return {key: found.get(key, ()) for key in keys}


def _named(error: NeveError) -> NeveError:
    """``error`` in the words of packages: the derivation that failed is called after one."""
    failed = _FAILED.fullmatch(error.what)
    if failed is not None:
        error.what = f"the build backend of {failed[1]} cannot say what it needs to be built"
        own = "what your own project lacks, in build-system.requires"
        error.fixes = (
            *error.fixes,
            f"name what {failed[1]} lacks in tool.uv.extra-build-dependencies.{failed[1]}; {own}",
        )
    return error


def _answer(path: Path, label: str) -> tuple[str, ...]:
    with path.open("rb") as file:
        text = file.read(_MOST + 1)
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    if len(text) > _MOST or not isinstance(answer, list) or not all(isinstance(item, str) for item in answer):
        raise NeveError(
            "a build backend does not answer with a list of requirements",
            where=label,
            why="PEP 517, get_requires_for_build_wheel",
            fixes=["take another version of the package"],
        )
    return tuple(answer)


__all__ = ["answers_of"]
