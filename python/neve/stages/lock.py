"""The lock stage: uv.lock and neve.lock, made, refreshed or held to be fresh."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from neve.bases.base import find_base
from neve.errors import NeveError
from neve.files import write_if_changed
from neve.lock.text import NAME, lock_text, read_lock
from neve.project.read import read_text
from neve.stages.work import work_directory

if TYPE_CHECKING:
    from pathlib import Path

    from neve.components.plan import Plan
    from neve.lock.model import Lock
    from neve.lock.resolve import Resolver
    from neve.lock.sdists import SdistPin
    from neve.python.artefact import Artefact
    from neve.python.target import Target
    from neve.session import Session


@dataclass(frozen=True, kw_only=True)
class Locked:
    """A plan with all its pins; ``environments`` are the Python packages by architecture, the plan's own first;
    ``changed`` names the lock files that were written.
    """

    plan: Plan
    lock: Lock
    environments: Mapping[str, tuple[Artefact, ...]]
    changed: tuple[str, ...] = ()

    @property
    def artefacts(self) -> tuple[Artefact, ...]:
        """The Python packages of the plan's architecture."""
        return self.environments[self.plan.architecture]


def lock_project(session: Session, *, upgrade: bool = False, check: bool = False, refresh: bool = False) -> Locked:
    """Both locks of the session's project, made where they are missing, neve.lock refreshed where it is stale.

    A stale uv.lock is refreshed only with ``refresh``: it is the project's own, and `uv` may be asked for another.
    ``upgrade`` takes newer versions of everything; ``check`` writes nothing and raises where a lock is missing or
    stale, as ``--locked`` does. Raises NeveError, TransientError where a mirror or an index does not answer.
    """
    plan = session.plan
    changed = _uv_lock(session, upgrade=upgrade, check=check, refresh=refresh)
    path = session.directory / NAME
    older = _older(path, upgrade=upgrade)
    held = None if upgrade else older
    config = session.project.config
    with ThreadPoolExecutor(1) as pool:  # uv reads its lock while neve resolves, or loads what reads uv's answer
        pylock = pool.submit(session.uv.export, extras=config.extras, groups=config.groups)
        lock = _resolver(session).resolve(plan, older, upgrade=True) if upgrade else _fresh(session, plan, held, check)
        chosen = _environments(session, pylock, lock, plan)
    lock = _with_sdists(session, lock, chosen, (held or lock).sdists, check)
    lock, environments = _with_sizes(session, lock, _buildable(session, lock, chosen), check)
    if lock != held and write_if_changed(path, lock_text(lock)):
        changed = (*changed, NAME)
    return Locked(plan=plan, lock=lock, environments=environments, changed=changed)


def _older(path: Path, *, upgrade: bool) -> Lock | None:
    """The lock that is there; with ``upgrade`` one that cannot be read is as good as none."""
    try:
        return read_lock(read_text(path)) if path.exists() else None
    except NeveError:
        if upgrade:
            return None
        raise


def _fresh(session: Session, plan: Plan, held: Lock | None, check: bool) -> Lock:
    """``held`` where it is fresh or taken as it is, else a new one."""
    if held is not None and session.options.frozen and held.base.name != plan.base:
        raise NeveError(
            f"{NAME} is one of the {held.base.name} base",
            where=f"{NAME}, base.name",
            fixes=["`neve lock` writes it anew"],
        )
    # Somebody locked on a machine of another architecture, and there was nothing for this one.
    lacks = held is not None and plan.architecture in held.build.lacking
    if held is not None and ((held.inputs == plan.lock_inputs() and not lacks) or session.options.frozen):
        return held
    state = "there" if held is None else "fresh" if not lacks else f"one for {plan.architecture}"
    _must_not_change(session, check, f"{NAME} is not {state}", held is None)
    return _resolver(session).resolve(plan, held)


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


def _environments(session: Session, pylock: Future[str], lock: Lock, plan: Plan) -> dict[str, tuple[Artefact, ...]]:
    """The choice for each architecture of the base, the plan's first; another that has none is left out."""
    import packaging.pylock
    import packaging.tags  # noqa: F401 - selecting needs both; they load while uv works

    found: dict[str, tuple[Artefact, ...]] = {}
    base = find_base(plan.base)
    for architecture, targets in base.targets(lock.base, plan).items():
        try:
            found[architecture] = _choice(pylock.result(), targets, sdists=base.builds_sdists)
        except NeveError as error:
            if architecture == plan.architecture:
                raise
            first = error.errors[0]
            session.progress.stage(f"nothing for {architecture}: {first.what}")
    return found


def _choice(pylock: str, targets: Sequence[Target], *, sdists: bool) -> tuple[Artefact, ...]:
    """What all of ``targets``, patch levels of one interpreter, install alike."""
    from neve.lock.patch_level import one_choice
    from neve.python.select import select_artefacts

    choices = {target: select_artefacts(pylock, target, where="uv.lock", sdists=sdists) for target in targets}
    return one_choice(choices, where="uv.lock")


def _with_sdists(
    session: Session,
    lock: Lock,
    environments: Mapping[str, tuple[Artefact, ...]],
    known: Sequence[SdistPin],
    check: bool,
) -> Lock:
    """``lock`` with a pin for each source distribution; those that are ``known`` stay."""
    from neve.python.sdist import Sdist

    if not lock.sdists and not any(isinstance(a, Sdist) for artefacts in environments.values() for a in artefacts):
        return lock
    from neve.lock.build_requires import resolve_sdists, unpinned

    every = find_base(session.plan.base).targets(lock.base, session.plan)
    targets = {architecture: every[architecture] for architecture in environments}
    own = session.plan.architecture
    new = unpinned(environments, targets, known, own=own)
    if new:
        _must_not_change(session, check, f"{NAME} lacks the build requirements of {len(new)} packages", True)
        session.progress.stage(f"locking the build requirements of {len(new)} source distributions")
    pins = resolve_sdists(environments, targets, own=own, fetcher=session.fetcher, uv=session.uv, held=known)
    if session.options.frozen or session.options.locked or check:
        return lock
    return lock.model_copy(update={"sdists": pins})


def _buildable(
    session: Session, lock: Lock, environments: Mapping[str, tuple[Artefact, ...]]
) -> dict[str, tuple[Artefact, ...]]:
    """``environments`` without the architectures that the project or a source distribution cannot be built for.

    Raises NeveError where that is the plan's own.
    """
    sdists = {pin.sha256: pin for pin in lock.sdists}
    found: dict[str, tuple[Artefact, ...]] = {}
    for architecture, artefacts in environments.items():
        needed = [sdists[artefact.sha256] for artefact in artefacts if artefact.sha256 in sdists]
        builds = [(session.plan.project.name, lock.build.lacking), *((pin.file, pin.lacking) for pin in needed)]
        reasons = [
            f"{name} cannot be built: {lacking[architecture]}" for name, lacking in builds if architecture in lacking
        ]
        if not reasons:
            found[architecture] = artefacts
        elif architecture == session.plan.architecture:
            raise NeveError(
                f"{NAME} has nothing for {architecture}",
                where=f"{NAME}, lacking",
                why="\n".join(reasons),
                fixes=["`neve lock` on this architecture looks for it again"],
            )
        else:
            session.progress.stage(f"nothing for {architecture}: {reasons[0]}")
    return found


def _with_sizes(
    session: Session, lock: Lock, environments: Mapping[str, tuple[Artefact, ...]], check: bool
) -> tuple[Lock, Mapping[str, tuple[Artefact, ...]]]:
    """Which layer a wheel lies in depends on its size; where the index gives none, neve.lock does."""
    from dataclasses import replace

    unknown = {a.sha256: a for artefacts in environments.values() for a in artefacts if a.size is None}
    sizes = {sha256: size for sha256, size in lock.sizes.items() if sha256 in unknown}
    if not (check or session.options.locked or session.options.frozen):
        sizes = _cached_sizes(session, unknown) | sizes
    new = [artefact for sha256, artefact in unknown.items() if sha256 not in sizes]
    if new:
        _must_not_change(session, check, f"{NAME} lacks the sizes of {len(new)} files", True)
        session.progress.stage(f"asking for the sizes of {len(new)} files")
        found = session.fetcher.sizes([artefact.url for artefact in new])
        sizes.update({artefact.sha256: size for artefact, size in zip(new, found, strict=True)})
    if not (check or session.options.locked or session.options.frozen):
        lock = lock.model_copy(update={"sizes": sizes})
    return lock, {
        architecture: tuple(replace(a, size=sizes[a.sha256]) if a.size is None else a for a in artefacts)
        for architecture, artefacts in environments.items()
    }


def _cached_sizes(session: Session, wanted: Mapping[str, Artefact]) -> dict[str, int]:
    """The sizes of those of ``wanted`` that neve has fetched before."""
    from neve.python.artefact import files_of

    places = {file.sha256: session.fetcher.path(file) for file in files_of([*wanted.values()])}
    return {sha256: place.stat().st_size for sha256, place in places.items() if place.is_file()}


__all__ = ["Locked", "lock_project"]
