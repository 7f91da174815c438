"""The pins of NVIDIA's forward compatibility libraries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from neve.cuda.wheels import cuda_wheels
from neve.lock.text import NAME
from neve.stages.permission import may_change, must_not_change

if TYPE_CHECKING:
    from neve.lock.model import Lock
    from neve.python.artefact import Artefact
    from neve.session import Session


def with_compat(
    session: Session,
    lock: Lock,
    environments: Mapping[str, tuple[Artefact, ...]],
    known: Lock,
    *,
    where: str,
    check: bool,
) -> Lock:
    """``lock`` with the libraries that the project asks for, for the CUDA that its image has; those of ``known`` stay
    where they answer. ``where`` names the Python environment's lock. Raises NeveError, TransientError.
    """
    plan, config = session.plan, session.plan.project.config.cuda
    if not config or not config.compat:
        found = None
    else:
        from neve.bases.debian.compat import answers, resolve_compat

        brought = next(
            (cuda for name in plan.platforms if (cuda := cuda_wheels(environments.get(name, ()), where=where))), None
        )
        versions = [brought and brought.version, lock.cuda and lock.cuda.version, config.version]
        named = [version for version in versions if version]
        wanted = next((version for version in named if "." in version), named[0] if named else None)
        found = known.cuda_compat
        if not answers(found, plan.platforms, wanted) and not (session.options.frozen and found is not None):
            must_not_change(session, check, f"{NAME} lacks the forward compatibility libraries", found is None)
            found = resolve_compat(session.fetcher, session.environ, plan.platforms, wanted=wanted)
    if found != known.cuda_compat:
        must_not_change(session, check, f"{NAME} has other forward compatibility libraries", known.cuda_compat is None)
        if not may_change(session, check):
            return lock
    return lock if found == lock.cuda_compat else lock.model_copy(update={"cuda_compat": found})


__all__ = ["with_compat"]
