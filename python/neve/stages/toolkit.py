"""The pins of the CUDA toolkit that compiles the project."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from neve.bases.base import find_base
from neve.cuda.wheels import cuda_wheels
from neve.lock.text import NAME
from neve.stages.permission import must_not_change

if TYPE_CHECKING:
    from neve.lock.model import Lock
    from neve.lock.resolve import Resolver
    from neve.python.artefact import Artefact
    from neve.session import Session


def with_toolkit(
    session: Session,
    lock: Lock,
    environments: Mapping[str, tuple[Artefact, ...]],
    known: Lock,
    *,
    resolver: Callable[[], Resolver],
    where: str,
    check: bool,
) -> Lock:
    """``lock`` with the toolkit that the plan asks for, of the CUDA that ``environments`` bring, by architecture; the
    pins of ``known`` stay where they answer the same. ``where`` names the Python environment's lock.

    Raises NeveError where an environment has two major versions of CUDA, where there is no such toolkit, and where the
    lock would have to be written and must not be.
    """
    plan = session.plan
    brought = {name: cuda_wheels(artefacts, where=where) for name, artefacts in environments.items()}
    if session.options.frozen and not check and (plan.cuda is None or known.cuda is not None):
        return lock  # it is taken as it is
    # One toolkit compiles for all platforms: that of the first which brings CUDA.
    wheels = next((brought[name] for name in plan.platforms if brought.get(name)), None)

    def must_resolve() -> Resolver:
        _may_differ(session, known, check)
        return resolver()

    cuda = find_base(plan.base).toolkit(must_resolve, lock, plan, wheels, held=known.cuda) if plan.cuda else None
    if cuda != known.cuda:
        _may_differ(session, known, check)
    return lock if cuda == lock.cuda else lock.model_copy(update={"cuda": cuda})


def _may_differ(session: Session, known: Lock, check: bool) -> None:
    """Raise NeveError where another toolkit than the ``known`` one may not be written."""
    must_not_change(session, check, f"{NAME} has another CUDA toolkit than is asked for", known.cuda is None)


__all__ = ["with_toolkit"]
