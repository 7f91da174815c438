"""The lock stage: uv.lock and neve.lock, made, refreshed or held to be fresh."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from neve.errors import NeveError
from neve.files import write_if_changed
from neve.lock.text import NAME, lock_text, read_lock
from neve.project.read import read_text
from neve.python.wheel import store_name
from neve.stages.work import work_directory

if TYPE_CHECKING:
    from neve.components.plan import Plan
    from neve.lock.model import Lock
    from neve.lock.resolve import Resolver
    from neve.python.wheel import Wheel
    from neve.session import Session


@dataclass(frozen=True, kw_only=True)
class Locked:
    """A plan with all its pins; ``changed`` names the lock files that were written."""

    plan: Plan
    lock: Lock
    wheels: tuple[Wheel, ...]
    changed: tuple[str, ...] = ()


def lock_project(session: Session, *, upgrade: bool = False, check: bool = False, refresh: bool = False) -> Locked:
    """Both locks of the session's project, made where they are missing, neve.lock refreshed where it is stale.

    A stale uv.lock is refreshed only with ``refresh``: it is the project's own, and `uv` may be asked for another.
    ``upgrade`` takes newer versions of everything; ``check`` writes nothing and raises where a lock is missing or
    stale, as ``--locked`` does. Raises NeveError, TransientError where a mirror or an index does not answer.
    """
    plan = session.plan
    changed = _uv_lock(session, upgrade=upgrade, check=check, refresh=refresh)
    path = session.directory / NAME
    held = None if upgrade or not path.exists() else read_lock(read_text(path))
    config = session.project.config
    with ThreadPoolExecutor(1) as pool:  # uv reads its lock while neve resolves, or loads what reads uv's answer
        pylock = pool.submit(session.uv.export, extras=config.extras, groups=config.groups)
        lock = _fresh(session, plan, held, check)
        wheels = _wheels(pylock, lock)
    lock, wheels = _with_sizes(session, lock, wheels, check)
    if lock != held and write_if_changed(path, lock_text(lock)):
        changed = (*changed, NAME)
    return Locked(plan=plan, lock=lock, wheels=wheels, changed=changed)


def _fresh(session: Session, plan: Plan, held: Lock | None, check: bool) -> Lock:
    """``held`` where it is fresh or taken as it is, else a new one."""
    if held is not None and (held.inputs == plan.lock_inputs() or session.options.frozen):
        return held
    _must_not_change(session, check, f"{NAME} is not {'there' if held is None else 'fresh'}", held is None)
    return _resolver(session).resolve(plan)


def _resolver(session: Session) -> Resolver:
    from neve.lock.resolve import Resolver

    return Resolver(mirrors=session.mirrors, fetcher=session.fetcher, uv=session.uv, progress=session.progress)


def _uv_lock(session: Session, *, upgrade: bool, check: bool, refresh: bool) -> tuple[str, ...]:
    path = session.directory / "uv.lock"
    before = _digest(session, "uv.lock")
    if upgrade or not path.exists():
        _must_not_change(session, check, "uv.lock is not there", True)
        session.progress.stage("locking the Python environment")
        session.uv.lock(upgrade=upgrade)
    elif not session.options.frozen:
        _check_uv_lock(session, refresh=refresh and not (check or session.options.locked))
    return ("uv.lock",) if _digest(session, "uv.lock") != before else ()


def _check_uv_lock(session: Session, *, refresh: bool) -> None:
    """Ask uv whether uv.lock is fresh, unless it has said so of these very files; or let uv refresh it."""
    from neve.files import write_atomic

    seen = session.directory / ".neve" / "uv-lock-is-fresh"
    key = f"{_digest(session, 'pyproject.toml')} {_digest(session, 'uv.lock')}\n"
    try:
        if seen.read_text() == key:
            return
    except OSError:
        pass
    if refresh:
        session.uv.lock()
        key = f"{_digest(session, 'pyproject.toml')} {_digest(session, 'uv.lock')}\n"
    else:
        session.uv.check()
    # Members of a workspace and dependencies at a path have metadata of their own, which these digests do not see.
    text = read_text(session.directory / "uv.lock")
    if text.count("source = { virtual") + text.count("source = { editable") + text.count("source = { directory") <= 1:
        with suppress(NeveError):  # a directory that cannot be written: uv is asked again next time
            write_atomic(work_directory(session.directory) / seen.name, key)


def _digest(session: Session, name: str) -> str:
    try:
        return hashlib.sha256((session.directory / name).read_bytes()).hexdigest()
    except OSError:
        return ""


def _must_not_change(session: Session, check: bool, what: str, missing: bool) -> None:
    """Raise where a lock would have to be written and must not be."""
    options = session.options
    if not (check or options.locked or options.frozen):
        return
    flag = "--check" if check else "--locked" if options.locked else "--frozen"
    if options.frozen and not missing and not check:
        return
    raise NeveError(
        what, where=str(session.directory), why=f"{flag} forbids writing it", fixes=["`neve lock` writes it"]
    )


def _wheels(pylock: Future[str], lock: Lock) -> tuple[Wheel, ...]:
    import packaging.pylock
    import packaging.tags  # noqa: F401 - select_wheels needs both; they load while uv works

    from neve.lock.resolve import target_of
    from neve.python.select import select_wheels

    return select_wheels(pylock.result(), target_of(lock.base), where="uv.lock")


def _with_sizes(session: Session, lock: Lock, wheels: tuple[Wheel, ...], check: bool) -> tuple[Lock, tuple[Wheel, ...]]:
    """Which layer a wheel lies in depends on its size; where the index gives none, neve.lock does."""
    from dataclasses import replace

    unknown = {wheel.sha256: wheel for wheel in wheels if wheel.size is None}
    sizes = {sha256: size for sha256, size in lock.sizes.items() if sha256 in unknown}
    if not (check or session.options.locked or session.options.frozen):
        sizes = _cached_sizes(session, unknown) | sizes
    new = [wheel for sha256, wheel in unknown.items() if sha256 not in sizes]
    if new:
        _must_not_change(session, check, f"{NAME} lacks the sizes of {len(new)} wheels", True)
        session.progress.stage(f"asking for the sizes of {len(new)} wheels")
        found = session.fetcher.sizes([wheel.url for wheel in new])
        sizes.update({wheel.sha256: size for wheel, size in zip(new, found, strict=True)})
    if not (check or session.options.locked or session.options.frozen):
        lock = lock.model_copy(update={"sizes": sizes})
    return lock, tuple(replace(w, size=sizes[w.sha256]) if w.size is None else w for w in wheels)


def _cached_sizes(session: Session, wheels: Mapping[str, Wheel]) -> dict[str, int]:
    """The sizes of those of ``wheels`` that neve has fetched before."""
    from neve.fetch import Artefact

    artefacts = [Artefact(name=store_name(w.file), urls=(w.url,), sha256=w.sha256) for w in wheels.values()]
    places = {artefact.sha256: session.fetcher.path(artefact) for artefact in artefacts}
    return {sha256: place.stat().st_size for sha256, place in places.items() if place.is_file()}


__all__ = ["Locked", "lock_project"]
