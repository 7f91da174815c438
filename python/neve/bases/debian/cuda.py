"""The CUDA toolkit on Debian: NVIDIA's component wheels, and the suite's compiler that goes with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neve.errors import NeveError

if TYPE_CHECKING:
    from neve.components.plan import Plan
    from neve.cuda.wheels import CudaWheels
    from neve.lock.model import CudaLock, Lock
    from neve.lock.resolve import Resolver


def resolve_toolkit(
    resolver: Resolver, lock: Lock, plan: Plan, wheels: CudaWheels | None, held: CudaLock | None
) -> CudaLock:
    """The toolkit that ``plan`` asks for: ``held`` where that answers it. Raises NeveError, TransientError."""
    raise NeveError("the debian base has no CUDA toolkit yet", where="tool.neve.cuda.toolkit")


__all__ = ["resolve_toolkit"]
