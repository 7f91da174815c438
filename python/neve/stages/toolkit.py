"""The pins of the CUDA toolkit that compiles the project."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from neve.bases.base import find_base
from neve.cuda.table import architectures, table
from neve.cuda.wheels import cuda_wheels
from neve.errors import NeveError, collected
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

    Raises NeveError where an environment has two major versions of CUDA, where there is no such toolkit, or it does not
    compile for the GPU architectures asked for, and where the lock would have to be written and must not be.
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
    if cuda is not None and plan.project.config.cuda:
        _must_compile_for(cuda.version, plan.project.config.cuda.architectures)
    return lock if cuda == lock.cuda else lock.model_copy(update={"cuda": cuda})


def _must_compile_for(version: str, wanted: Sequence[str]) -> None:
    """Raise NeveError for each of the GPU architectures ``wanted`` that CUDA ``version`` does not compile for."""
    if not wanted or not (known := architectures(version)):
        return
    plain = [name for name in known if name[-1].isdecimal()]
    problems = [
        NeveError(
            f"CUDA {version} does not compile for GPUs of compute capability {name}",
            where=f"tool.neve.cuda.architectures[{number}]",
            why=f"it compiles for {', '.join(known)}",
            fixes=[
                f"take {plain[0]} or newer out of these",
                *_releases_for(name.removesuffix("+PTX")),
            ],
        )
        for number, name in enumerate(wanted)
        if name.removesuffix("+PTX") not in known
    ]
    if (error := collected(problems)) is not None:
        raise error


def _releases_for(architecture: str) -> list[str]:
    having = [version for version, release in table().releases.items() if architecture in release.architectures]
    return [f"or a CUDA that does: {', '.join(having)}"] if having else []


def _may_differ(session: Session, known: Lock, check: bool) -> None:
    """Raise NeveError where another toolkit than the ``known`` one may not be written."""
    must_not_change(session, check, f"{NAME} has another CUDA toolkit than is asked for", known.cuda is None)


__all__ = ["with_toolkit"]
