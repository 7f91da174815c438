"""The CUDA of an image, told: what its wheels bring, which drivers and GPUs run it, what compiles for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from neve.cuda.wheels import cuda_wheels

if TYPE_CHECKING:
    from neve.lock.model import CudaLock
    from neve.session import Session
    from neve.stages.lock import Locked


def describe_cuda(session: Session, locked: Locked, architecture: str) -> dict[str, object] | None:
    """The CUDA of the image for ``architecture``, as ``neve info --json`` has it (:class:`.description.CudaInfo`); None
    where it has none. Nothing is asked of anybody. Raises NeveError where two major versions are brought.
    """
    wheels = cuda_wheels(locked.environments[architecture], where="the Python environment")
    toolkit, config = locked.lock.cuda, session.project.config.cuda
    asked = config.version if config else None
    if wheels is None and toolkit is None and asked is None:
        return None
    from neve.cuda.architectures import OWN_CODE, declared_code, runs_on
    from neve.cuda.starts import declared_architectures
    from neve.cuda.table import floor, native_driver
    from neve.stages.gpu import wheel_architectures

    if wheels is not None:
        version, said_by = wheels.version, wheels.said_by
    elif toolkit is not None:
        version, said_by = toolkit.version, "toolkit"
    else:
        version, said_by = str(asked), "tool.neve.cuda.version"
    declared = declared_architectures(locked.plan) if toolkit else ()
    code = {
        **({OWN_CODE: declared_code(declared)} if declared else {}),
        **wheel_architectures(session, locked, architecture),
    }
    return {
        "version": version,
        "said_by": said_by,
        "components": [{"name": name, "version": of} for name, of in (wheels.components if wheels else ())],
        "size": wheels.size if wheels else 0,
        "driver": floor(int(version.partition(".")[0])),
        "native_driver": native_driver(version),
        "code": {name: {"sass": list(each.sass), "ptx": list(each.ptx)} for name, each in sorted(code.items())},
        "gpus": list(runs_on(code)) if code else None,
        "toolkit": _toolkit(locked, toolkit, architecture, declared) if toolkit else None,
    }


def _toolkit(locked: Locked, toolkit: CudaLock, architecture: str, declared: Sequence[str]) -> dict[str, object]:
    brought = {artefact.name for artefact in locked.environments[architecture]}
    return {
        "version": toolkit.version,
        "components": list(toolkit.toolkit),
        "architectures": list(declared),
        "compiler": toolkit.compiler,
        "runtime": [f"{wheel.name} {wheel.version}" for wheel in toolkit.runtime_for(architecture, brought)],
    }


__all__ = ["describe_cuda"]
