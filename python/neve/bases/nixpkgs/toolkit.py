"""The CUDA toolkit of a plan: which set of the pinned nixpkgs, and which of its attributes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from neve.bases.nixpkgs.components import toolkit_components
from neve.bases.nixpkgs.cuda import check_compilers, choose_cuda
from neve.bases.nixpkgs.releases import find_release
from neve.cuda.components import find_components
from neve.cuda.wheels import first_cuda
from neve.lock.model import CudaLock

if TYPE_CHECKING:
    from neve.components.plan import Plan
    from neve.cuda.wheels import CudaWheels
    from neve.lock.model import Lock
    from neve.python.artefact import Artefact

_FILE = "pyproject.toml"


def choose_toolkit(plan: Plan, wheels: CudaWheels | None) -> CudaLock | None:
    """The toolkit of ``plan``, whose environment brings the CUDA of ``wheels``; None where it asks for none.

    Raises NeveError where the release has none that goes with the wheels, or not all components.
    """
    if plan.cuda is None:
        return None
    release = find_release(plan.release)
    where = f"{_FILE}, tool.neve.cuda.toolkit"
    components = find_components(plan.cuda.components, where=where)
    # What `system` names alone is packages of the image, not what compiles: wheels do not decide about it.
    version = choose_cuda(release, plan.cuda.version, wheels if components else None, where=_FILE)
    check_compilers(release, version, plan.project.config.system, where=_FILE)
    found = toolkit_components(components, version, release=release, platforms=plan.platforms, where=where)
    return CudaLock(version=version, toolkit=tuple(component.attribute for component in found))


def toolkit_of(plan: Plan, lock: Lock, environments: Mapping[str, Sequence[Artefact]]) -> CudaLock | None:
    """The toolkit of ``lock``; that of ``plan`` where an older neve wrote it, which kept none."""
    if plan.cuda is None or lock.cuda is not None:
        return lock.cuda if plan.cuda else None
    return choose_toolkit(plan, first_cuda(environments, plan.platforms, where="the Python environment"))


__all__ = ["choose_toolkit", "toolkit_of"]
