"""The pins of what is built from source, and what cannot be built for an architecture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from neve.errors import NeveError
from neve.lock.text import NAME
from neve.progress import counted
from neve.python.sdist import Source
from neve.stages.builders import targets_of, with_builders
from neve.stages.permission import may_change, must_not_change
from neve.stages.platforms import builder

if TYPE_CHECKING:
    from neve.lock.build_rules import BuildSettings
    from neve.lock.model import Lock
    from neve.lock.sources import Pin
    from neve.python.artefact import Artefact
    from neve.session import Session


def with_sources(
    session: Session, lock: Lock, environments: Mapping[str, tuple[Artefact, ...]], known: Lock, check: bool
) -> Lock:
    """``lock`` with the pins of all that is built from source, and of what builds it; those of ``known`` stay.

    Raises NeveError, TransientError where an index does not answer.
    """
    from neve.lock.build_rules import build_settings
    from neve.project.uv_settings import uv_settings

    builds = any(isinstance(a, Source) for artefacts in environments.values() for a in artefacts)
    if not builds and not known.built and session.plan.project.build_system is None:
        return lock
    settings = build_settings(uv_settings(session.directory, session.environ))
    held = known.built if known.rules == settings.digest else {}
    lock, asking = _with_pins(session, lock, environments, held, settings=settings, check=check)
    lock = with_builders(session, lock, environments, asking=asking, settings=settings, check=check)
    if lock.rules != settings.digest and may_change(session, check):
        lock = lock.model_copy(update={"rules": settings.digest})
    return lock


def _with_pins(
    session: Session,
    lock: Lock,
    environments: Mapping[str, tuple[Artefact, ...]],
    known: Mapping[str, Pin],
    *,
    settings: BuildSettings,
    check: bool,
) -> tuple[Lock, frozenset[str]]:
    """``lock`` with a pin for each source, and the keys of those whose backends must be asked yet."""
    if not lock.built and not any(isinstance(a, Source) for artefacts in environments.values() for a in artefacts):
        return lock, frozenset()
    from neve.lock.sources import Stale, label

    targets = targets_of(session, lock, environments)
    own = session.plan.architecture
    stale = Stale(environments, targets, known, own=own, reader=session.sources, settings=settings)
    if stale.new:
        lacking = ", ".join(sorted(map(label, stale.new))[:3])
        must_not_change(
            session, check, f"{NAME} lacks what builds {lacking}", not {s.key for s in stale.new} <= {*known}
        )
        if not may_change(session, check):
            return lock, frozenset()
        session.progress.stage(f"locking the build requirements of {counted(len(stale.new), 'source')}")
    found = stale.resolve(session.uv)
    return lock.model_copy(update=found.tables()) if may_change(session, check) else lock, found.asking


def buildable(
    session: Session, lock: Lock, environments: Mapping[str, tuple[Artefact, ...]]
) -> dict[str, tuple[Artefact, ...]]:
    """``environments`` without the architectures that the project or a source distribution cannot be built for.

    Raises NeveError where that is the plan's own.
    """
    pins = lock.built
    found: dict[str, tuple[Artefact, ...]] = {}
    for architecture, artefacts in environments.items():
        needed = [pins[a.key] for a in artefacts if isinstance(a, Source) and a.key in pins]
        builds = [(session.plan.project.name, lock.build.lacking), *((pin.name, pin.lacking) for pin in needed)]
        machine = builder(session.plan, architecture)
        reasons = [f"{name} cannot be built: {lacking[machine]}" for name, lacking in builds if machine in lacking]
        if not reasons:
            found[architecture] = artefacts
        elif architecture in session.plan.platforms:
            raise NeveError(
                f"{NAME} has nothing for {architecture}",
                where=f"{NAME}, lacking",
                why="\n".join(reasons),
                fixes=["`neve lock` on this architecture looks for it again"],
            )
        else:
            session.progress.stage(f"nothing for {architecture}: {reasons[0]}")
    return found


__all__ = ["buildable", "with_sources"]
