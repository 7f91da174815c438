"""The lock stage: uv.lock and neve.lock, made, refreshed or held to be fresh."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from neve.bases.base import find_base
from neve.errors import NeveError
from neve.files import write_if_changed
from neve.lock.text import NAME, lock_text, read_lock
from neve.project.read import read_text
from neve.stages.compat import with_compat
from neve.stages.compiled import note_other_versions
from neve.stages.cuda_version import check_version
from neve.stages.environment import Targets, find_environment
from neve.stages.permission import must_not_change
from neve.stages.platforms import builder, builders
from neve.stages.remedy import in_own_words
from neve.stages.secrets import learn_credentials
from neve.stages.sizes import with_sizes
from neve.stages.sources import buildable, with_sources
from neve.stages.toolkit import with_toolkit
from neve.stages.unasked import note_unasked

if TYPE_CHECKING:
    from pathlib import Path

    from neve.components.plan import Plan
    from neve.lock.model import Lock
    from neve.lock.resolve import Resolver
    from neve.python.artefact import Artefact
    from neve.python.build_rules import BuildRules
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

    @property
    def every(self) -> tuple[Artefact, ...]:
        """The Python packages of all platforms, each once."""
        return tuple(dict.fromkeys(a for name in self.plan.platforms for a in self.environments[name]))


@in_own_words
def lock_project(
    session: Session, *, upgrade: bool = False, check: bool = False, refresh: bool = False, warn: bool = True
) -> Locked:
    """Both locks of the session's project, made where they are missing, neve.lock refreshed where it is stale.

    A stale uv.lock is refreshed only with ``refresh``: it is the project's own, and `uv` may be asked for another.
    ``upgrade`` takes newer versions of everything; ``check`` writes nothing and raises where a lock is missing or
    stale, as ``--locked`` does; without ``warn`` nothing is said of CUDA that nobody asked for, or of settings without
    effect. Raises NeveError, TransientError where a mirror or an index does not answer.
    """
    plan = session.plan
    for note in session.project.notes:
        session.progress.note(note)
    environment = find_environment(session)
    changed = environment.prepare(upgrade=upgrade, check=check, refresh=refresh)
    path = session.neve_lock
    older = _older(path, upgrade=upgrade)
    held = None if upgrade else older
    with ThreadPoolExecutor(1) as pool:  # uv reads its lock while neve resolves, or loads what reads uv's answer
        begun = pool.submit(environment.begin)
        lock = (
            resolver_of(session).resolve(plan, older, upgrade=True) if upgrade else _fresh(session, plan, held, check)
        )
        _note_patch_level(session, lock)
        import packaging.pylock
        import packaging.tags  # noqa: F401 - selecting needs both; they load while uv works

        begun.result()
    targets = find_base(plan.base).targets(lock.base, plan)
    pylock, written = environment.pylock(targets, upgrade=upgrade, check=check)
    learn_credentials(session, pylock)
    chosen = _environments(session, pylock, targets, where=environment.where)
    lock = with_toolkit(
        session,
        lock,
        chosen,
        held or lock,
        resolver=lambda: resolver_of(session),
        where=environment.where,
        check=check,
        warn=warn,
    )
    if not session.options.frozen or check:
        check_version(session, chosen, where=environment.where, note=warn and not check)
    lock = with_compat(session, lock, chosen, older or lock, where=environment.where, check=check, upgrade=upgrade)
    lock = with_sources(session, lock, builders(plan, chosen), held or lock, check)
    lock, environments = with_sizes(session, lock, buildable(session, lock, chosen), check)
    changed = (*changed, *written)
    if lock != held and write_if_changed(path, lock_text(lock)):
        changed = (*changed, path.name)
    if warn and not check:
        note_unasked(session, environments, where=environment.where)
        note_other_versions(session, lock, environments)
    return Locked(plan=plan, lock=lock, environments=environments, changed=changed)


def _note_patch_level(session: Session, lock: Lock) -> None:
    """Say so where the image has another patch level than .python-version names."""
    asked = session.project.python.full
    if asked is not None and lock.base.python != asked and asked.startswith(f"{session.plan.python}."):
        session.progress.note(f".python-version asks for {asked}, the image has {lock.base.python}")


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
    lacks = None
    if held is not None:
        builds = builder(plan, plan.architecture)
        lacks = builds if builds in held.build.lacking else find_base(plan.base).lacks(held.base, plan)
        if session.options.frozen and lacks and lacks not in held.build.lacking:
            raise NeveError(
                f"{NAME} has nothing for {lacks}",
                where=f"{NAME}, base",
                why="it was made on another machine, or for other platforms; --frozen forbids adding to it",
                fixes=["`neve lock` adds what is missing"],
            )
        if (held.inputs == plan.lock_inputs() and not lacks) or session.options.frozen:
            return held
    fresh = held is not None and held.inputs == plan.lock_inputs()
    state = "there" if held is None else f"one for {lacks}" if fresh else "fresh"
    must_not_change(session, check, f"{session.neve_lock.name} is not {state}", held is None)
    return resolver_of(session).resolve(plan, held)


def resolver_of(session: Session) -> Resolver:
    """What resolves for the session."""
    from neve.lock.resolve import Resolver

    return Resolver(mirrors=session.mirrors, fetcher=session.fetcher, uv=session.uv, progress=session.progress)


def _environments(session: Session, pylock: str, targets: Targets, *, where: str) -> dict[str, tuple[Artefact, ...]]:
    """The choice for each architecture of ``targets``, the plan's first; another that has none is left out."""
    found: dict[str, tuple[Artefact, ...]] = {}
    base = find_base(session.plan.base)
    for architecture, each in targets.items():
        try:
            found[architecture] = choose(session, pylock, each, where=where, sdists=base.builds_sdists)
        except NeveError as error:
            if architecture in session.plan.platforms:
                raise
            first = error.errors[0]
            session.progress.stage(f"nothing for {architecture}: {first.what}")
    return found


def choose(
    session: Session, pylock: str, targets: Sequence[Target], *, where: str, sdists: bool
) -> tuple[Artefact, ...]:
    """What all of ``targets``, patch levels of one interpreter, install alike from the text of a pylock; ``where`` is
    its file, ``sdists`` says whether sources can be built. uv's rules on building are kept to. Raises NeveError.
    """
    from neve.lock.patch_level import one_choice
    from neve.python.select import select_artefacts

    config = session.project.config
    own = session.project.kind == "pylock"  # others were made for the extras and groups that are asked for
    rules = _build_rules(session)
    choices = {
        target: select_artefacts(
            pylock,
            target,
            where=where,
            sdists=sdists,
            rules=rules,
            extras=config.extras if own else (),
            groups=config.groups if own else None,
        )
        for target in targets
    }
    return one_choice(choices, where=where)


def _build_rules(session: Session) -> BuildRules:
    """What uv's settings say of building: those of a script, then those of its directory."""
    from neve.project.script import script_metadata
    from neve.project.uv_settings import uv_settings, uv_table
    from neve.python.build_rules import build_rules

    tables = uv_settings(session.directory, session.environ)
    if session.script is not None:
        metadata = script_metadata(read_text(session.directory / session.script), where=session.script)
        tables = [uv_table(metadata or {}), *tables]
    return build_rules(tables, session.environ)


__all__ = ["Locked", "choose", "lock_project", "resolver_of"]
