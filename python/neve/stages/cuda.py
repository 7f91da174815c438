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
    where it says nothing of GPUs. Nothing is asked of anybody. Raises NeveError where two major versions are brought.
    """
    config, toolkit = session.project.config.cuda, locked.lock.cuda
    if config is False:  # whatever its wheels are, the image says nothing of GPUs
        return None
    wheels = cuda_wheels(locked.environments[architecture], where="the Python environment")
    if wheels is None and toolkit is None and config is None:
        return None
    from neve.cuda.architectures import OWN_CODE, declared_code, runs_on
    from neve.cuda.starts import declared_architectures, told_version
    from neve.cuda.table import floor, native_driver
    from neve.stages.gpu import wheel_architectures

    version, said_by = told_version(wheels, toolkit, config) or (None, None)
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
        "driver": floor(int(version.partition(".")[0])) if version else None,
        "native_driver": native_driver(version) if version else None,
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
