"""The pins of what is built from source, and what cannot be built for an architecture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from neve.bases.base import find_base
from neve.errors import NeveError
from neve.lock.text import NAME
from neve.python.sdist import Sdist, Source
from neve.stages.permission import may_change, must_not_change

if TYPE_CHECKING:
    from neve.lock.model import Lock
    from neve.lock.sdists import SdistPin
    from neve.python.artefact import Artefact
    from neve.session import Session


def with_sdists(
    session: Session,
    lock: Lock,
    environments: Mapping[str, tuple[Artefact, ...]],
    known: Sequence[SdistPin],
    check: bool,
) -> Lock:
    """``lock`` with a pin for each source distribution; those that are ``known`` stay."""
    if not lock.sdists and not any(isinstance(a, Sdist) for artefacts in environments.values() for a in artefacts):
        return lock
    from neve.lock.build_requires import resolve_sdists, unpinned

    every = find_base(session.plan.base).targets(lock.base, session.plan)
    targets = {architecture: every[architecture] for architecture in environments}
    own = session.plan.architecture
    new = unpinned(environments, targets, known, own=own)
    if new:
        must_not_change(session, check, f"{NAME} lacks the build requirements of {len(new)} packages", True)
        session.progress.stage(f"locking the build requirements of {len(new)} source distributions")
    pins = resolve_sdists(environments, targets, own=own, fetcher=session.fetcher, uv=session.uv, held=known)
    return lock.model_copy(update={"sdists": pins}) if may_change(session, check) else lock


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


__all__ = ["buildable", "with_sdists"]
