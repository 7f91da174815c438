"""Asking build backends what they need besides their static requirements, in the sandbox that will build them."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from neve.bases.base import find_base
from neve.errors import NeveError
from neve.nix.failure import BackendError
from neve.progress import Progress, counted
from neve.python.sdist import Source
from neve.stages.work import own_directory

if TYPE_CHECKING:
    from pathlib import Path

    from neve.lock.model import Lock
    from neve.python.artefact import Artefact
    from neve.session import Session

_MOST = 1 << 20  # bytes of an answer
_PREFIX = "requires-"  # of the names of the derivations
_FAILED = re.compile(rf"building {_PREFIX}(\S+) failed")
_EVERY = 60.0  # seconds


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
    names[OWN] = session.plan.project.name
    directory = own_directory(session, "hooks")
    place = place_of(session, environments, root="../../../../." if session.script else "../../../.")
    write_tree(render(session.plan, lock, environments, place), directory)
    base.provide(session, lock, [a for a in own if isinstance(a, Source)])
    attributes = ["requires.project" if key == OWN else f'requires.packages."{names[key]}"' for key in asked]
    waiting = _Waiting(session.progress)
    try:
        paths = build(
            session.nix,
            attributes,
            progress=waiting,
            offline=session.options.offline,
            substitute=base.substitutes,
            extra=base.evaluation(directory, session.plan.machine),
        )
    except NeveError as error:
        places = {names[key]: _place(lock, key) for key in asked}
        raise explained_failure(session, lock, _named(error, places)) from None
    found = {
        key: _answer(physical(session.nix, path), _place(lock, key)) for key, path in zip(asked, paths, strict=True)
    }
    return {key: found.get(key, ()) for key in keys}


def _place(lock: Lock, key: str) -> str:
    """Where the backend of the source with this key is named: a file of one's own, or what is published."""
    from neve.lock.sdists import DirectoryPin
    from neve.stages.builders import OWN

    if key == OWN:
        return "pyproject.toml"
    pin = lock.built[key]
    return f"{pin.path}/pyproject.toml" if isinstance(pin, DirectoryPin) else pin.label


def _is_own(place: str) -> bool:
    return place.endswith("pyproject.toml")


def _named(error: NeveError, places: Mapping[str, str]) -> NeveError:
    """``error`` in the words of packages: the derivation that failed is called after one of ``places``."""
    from neve.lock.build_requires import OTHER

    if isinstance(error, BackendError):
        name = (error.where or "").removeprefix(_PREFIX)
        place = places.get(name, name)
        own = "name one that build-system.requires brings, or that lies in its backend-path"
        if not error.what.startswith("build-system."):
            error.what = error.what.replace("the build backend", f"the build backend of {name}", 1)
            error.why = "get_requires_for_build_wheel (PEP 517) does not return"
            own = "mend it, or take another one"
        error.where = f"{place}, build-system.build-backend" if _is_own(place) else place
        error.fixes = (own if _is_own(place) else OTHER, *error.fixes)
    elif failed := _FAILED.fullmatch(error.what):
        name = failed[1]
        place = places.get(name, name)
        error.what = f"the build backend of {name} cannot say what it needs to be built"
        if _is_own(place):
            lacks = f"name what it lacks in build-system.requires of {place}"
        else:
            lacks = f"name what {name} lacks in tool.uv.extra-build-dependencies.{name}"
        error.fixes = (*error.fixes, lacks)
    return error


def _answer(path: Path, place: str) -> tuple[str, ...]:
    from neve.lock.build_requires import OTHER

    with path.open("rb") as file:
        text = file.read(_MOST + 1)
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    if len(text) > _MOST or not isinstance(answer, list) or not all(isinstance(item, str) for item in answer):
        raise NeveError(
            "a build backend does not answer with a list of requirements",
            where=place,
            why="PEP 517, get_requires_for_build_wheel",
            fixes=["mend the backend, or take another one: build-system.build-backend" if _is_own(place) else OTHER],
        )
    return tuple(answer)


class _Waiting:
    """A Progress that says each minute which backends have not answered yet."""

    def __init__(self, progress: Progress, *, every: float = _EVERY) -> None:
        self._progress = progress
        self._every = every
        self._lock = threading.Lock()
        self._timers: dict[str, threading.Timer] = {}

    def stage(self, text: str) -> None:
        self._progress.stage(text)

    def start(self, key: str, text: str, total: int | None = None) -> None:
        self._progress.start(key, text, total)
        if text.startswith(_PREFIX):
            with self._lock:
                self._wait(key, text.removeprefix(_PREFIX), 1)

    def advance(self, key: str, amount: int) -> None:
        self._progress.advance(key, amount)

    def finish(self, key: str, *, failed: bool = False) -> None:
        with self._lock:
            if (timer := self._timers.pop(key, None)) is not None:
                timer.cancel()
        self._progress.finish(key, failed=failed)

    def note(self, text: str) -> None:
        self._progress.note(text)

    def _wait(self, key: str, name: str, minutes: int) -> None:
        timer = threading.Timer(self._every, self._say, (key, name, minutes))
        timer.daemon = True
        self._timers[key] = timer
        timer.start()

    def _say(self, key: str, name: str, minutes: int) -> None:
        with self._lock:
            if key not in self._timers:
                return
            self._wait(key, name, minutes + 1)
        self._progress.stage(f"the build backend of {name} has not answered yet ({counted(minutes, 'minute')})")


__all__ = ["answers_of"]
