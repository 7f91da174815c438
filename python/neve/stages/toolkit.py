"""The pins of the CUDA toolkit that compiles the project."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from typing import TYPE_CHECKING

from neve.bases.base import find_base
from neve.cuda.components import named_components
from neve.cuda.starts import declared_architectures
from neve.cuda.table import architectures, settled
from neve.cuda.wheels import cuda_wheels
from neve.errors import NeveError, collected
from neve.lock.text import NAME
from neve.stages.permission import may_change, must_not_change

if TYPE_CHECKING:
    from neve.components.plan import Plan
    from neve.cuda.wheels import CudaWheels
    from neve.lock.model import CudaLock, Lock
    from neve.lock.resolve import Resolver
    from neve.python.artefact import Artefact
    from neve.session import Session

_KEY = "tool.neve.cuda.architectures"


def with_toolkit(
    session: Session,
    lock: Lock,
    environments: Mapping[str, tuple[Artefact, ...]],
    known: Lock,
    *,
    resolver: Callable[[], Resolver],
    where: str,
    check: bool,
    warn: bool = True,
) -> Lock:
    """``lock`` with the toolkit that the plan asks for, of the CUDA that ``environments`` bring, by architecture; the
    pins of ``known`` stay where they answer the same. ``where`` names the Python environment's lock; without ``warn``
    nothing is said of settings that have no effect.

    Raises NeveError where an environment has two major versions of CUDA, where there is no such toolkit, or it does not
    compile for the GPU architectures asked for, and where the lock would have to be written and must not be.
    """
    plan, config = session.plan, session.project.config.cuda
    brought = {name: cuda_wheels(artefacts, where=where) for name, artefacts in environments.items()}
    # One toolkit compiles for all platforms: that of the first which brings CUDA.
    wheels = next((brought[name] for name in plan.platforms if brought.get(name)), None)
    wanted = config.architectures if config else ()
    if wanted and warn and not check and not declared_architectures(plan):
        session.progress.note(f"nothing is compiled: {_KEY} has no effect without 'nvcc' in `toolkit`")
    if session.options.frozen and not check and (plan.cuda is None or known.cuda is not None):
        if known.cuda is not None and (difference := _difference(known.cuda, plan)):
            session.progress.note(f"{difference}: --frozen takes {NAME} as it is")
        if known.cuda is not None:
            _must_compile_for(known.cuda.version, wanted, plan, wheels)
        return lock
    resolves = False

    def must_resolve() -> Resolver:
        nonlocal resolves
        resolves = True
        _may_differ(session, known, check)
        return resolver()

    cuda = find_base(plan.base).toolkit(must_resolve, lock, plan, wheels, held=known.cuda) if plan.cuda else None
    if cuda is not None:
        _must_compile_for(cuda.version, wanted, plan, wheels)
    if known.cuda is None and not resolves and not may_change(session, check):
        return lock  # nothing of it must be pinned, and an older neve did not
    if cuda != known.cuda:
        _may_differ(session, known, check)
    return lock if cuda == lock.cuda else lock.model_copy(update={"cuda": cuda})


def _must_compile_for(version: str, wanted: Sequence[str], plan: Plan, wheels: CudaWheels | None) -> None:
    """Raise NeveError for each of the GPU architectures ``wanted`` that CUDA ``version`` does not compile for; another
    release must go with ``plan`` and with ``wheels``.
    """
    if not wanted or not (known := architectures(version)):
        return
    plain = [name for name in known if name[-1].isdecimal()]
    others = _releases_for({name.removesuffix("+PTX") for name in wanted}, plan, wheels)
    problems = [
        NeveError(
            f"CUDA {version} does not compile for GPUs of compute capability {name}",
            where=f"{_KEY}[{number}]",
            why=f"it compiles for {', '.join(known)}",
            fixes=[
                f"write one of these in its place: {plain[0]} or newer",
                *others,
            ],
        )
        for number, name in enumerate(wanted)
        if name.removesuffix("+PTX") not in known
    ]
    if (error := collected(problems)) is not None:
        raise error


def _releases_for(wanted: Set[str], plan: Plan, wheels: CudaWheels | None) -> list[str]:
    """The remedy of another release, where one compiles for all of ``wanted``."""
    offered = find_base(plan.base).cuda_releases(plan.release, plan.cuda.components if plan.cuda else ())
    fit = [each for each in offered if wheels is None or int(each.partition(".")[0]) == wheels.major]
    having = [f'"{version}"' for version in settled(each for each in fit if wanted <= {*architectures(each)})]
    return (
        [f"or a CUDA that compiles for all that is asked for: version = {' or '.join(having)} under [tool.neve.cuda]"]
        if having
        else []
    )


def _may_differ(session: Session, known: Lock, check: bool) -> None:
    """Raise NeveError where another toolkit than the ``known`` one may not be written."""
    plan, why = session.plan, None
    if known.cuda is None:
        what = f"{NAME} has no CUDA toolkit"
        names = ", ".join(plan.cuda.components) if plan.cuda else ""
        why = f"tool.neve.cuda.toolkit asks for {names}" if names else None
    elif plan.cuda is None:
        what = f"{NAME} has a CUDA toolkit that nothing asks for"
        why = f"it has CUDA {known.cuda.version}: {', '.join(known.cuda.toolkit)}"
    else:
        what, why = f"{NAME} has another CUDA toolkit than is asked for", _difference(known.cuda, plan)
    must_not_change(session, check, what, known.cuda is None, where=f"{NAME}, cuda", why=why)


def _difference(held: CudaLock, plan: Plan) -> str | None:
    """What the configuration of ``plan`` asks for and ``held`` is not, as far as the two tell it."""
    if plan.cuda is None:
        return f"{NAME} has the toolkit of CUDA {held.version}, and nothing asks for one"
    version = plan.cuda.version
    if version is not None and version != held.version:
        return f"{NAME} has CUDA {held.version}, tool.neve.cuda.version asks for {version}"
    has, asked = (
        {component.name for component in named_components(names)} for names in (held.toolkit, plan.cuda.components)
    )
    # On nixpkgs the lock names all that components need, on Debian those that were asked for.
    if asked <= has if plan.base == "nixpkgs" else asked == has:
        return None
    told, wanted = (", ".join(sorted(names)) for names in (has, asked))
    return f"{NAME} has the toolkit of {told}, tool.neve.cuda.toolkit asks for {wanted}"


__all__ = ["with_toolkit"]
