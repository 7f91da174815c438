"""The pins of NVIDIA's forward compatibility libraries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from neve.cuda.starts import told_version
from neve.cuda.wheels import first_cuda
from neve.lock.text import NAME
from neve.stages.permission import must_not_change

if TYPE_CHECKING:
    from neve.components.plan import Plan
    from neve.lock.compat import CompatLock
    from neve.lock.model import Lock
    from neve.python.artefact import Artefact
    from neve.session import Session

_OTHER = f"{NAME} has other forward compatibility libraries"


def with_compat(
    session: Session,
    lock: Lock,
    environments: Mapping[str, tuple[Artefact, ...]],
    known: Lock,
    *,
    where: str,
    check: bool,
    upgrade: bool = False,
) -> Lock:
    """``lock`` with the libraries that the project asks for, for the CUDA that its image has; those of ``known`` stay
    where they answer, unless ``upgrade`` asks for newer ones. Architectures that are no platform here are another
    machine's: they keep theirs, or get those of the same release; it is noted where there are none. ``where`` names
    the Python environment's lock. Raises NeveError, TransientError.
    """
    plan, held = session.plan, known.cuda_compat
    config = plan.project.config.cuda
    if not config or not config.compat:
        if held is not None:
            must_not_change(session, check, _OTHER, missing=False)
        return lock if session.options.frozen else _holding(lock, None)
    from neve.bases.debian.compat import answers, resolve_compat

    wanted = _wanted(plan, lock, environments, where=where)
    lacking = [name for name in plan.platforms if held is None or held.package(name) is None]
    if held is None or lacking:
        what = f"{NAME} lacks the forward compatibility libraries for {', '.join(lacking)}"
        must_not_change(session, check, what, missing=True)
    elif session.options.frozen or (answers(held, wanted) and not upgrade):
        return _holding(lock, held)
    else:
        must_not_change(session, check, _OTHER, missing=False)
    found = resolve_compat(session.fetcher, session.environ, plan.platforms, wanted=wanted, held=held, upgrade=upgrade)
    lost = [pin.architecture for pin in (held.packages if held else ()) if found.package(pin.architecture) is None]
    if lost:
        session.progress.note(
            f"{NAME} has no forward compatibility libraries for {', '.join(lost)} any more: NVIDIA has none of CUDA"
            f" {found.version} there; an image for it needs a release that all platforms have"
        )
    return _holding(lock, found)


def _holding(lock: Lock, libraries: CompatLock | None) -> Lock:
    return lock if libraries == lock.cuda_compat else lock.model_copy(update={"cuda_compat": libraries})


def _wanted(plan: Plan, lock: Lock, environments: Mapping[str, tuple[Artefact, ...]], *, where: str) -> str | None:
    """The CUDA whose driver the libraries should be of: that of the wheels, of the toolkit, or the one named."""
    brought = first_cuda(environments, plan.platforms, where=where)
    told = told_version(brought, lock.cuda, plan.project.config.cuda)
    return told[0] if told is not None else None


__all__ = ["with_compat"]
