"""``tool.neve.cuda.version`` where no toolkit is asked for: the image says what its wheels bring, or else this."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from neve.cuda.table import find_release, table
from neve.cuda.wheels import first_cuda
from neve.errors import NeveError

if TYPE_CHECKING:
    from neve.cuda.wheels import CudaWheels
    from neve.python.artefact import Artefact
    from neve.session import Session

_KEY = "tool.neve.cuda.version"


def check_version(
    session: Session, environments: Mapping[str, tuple[Artefact, ...]], *, where: str, note: bool
) -> None:
    """Hold the version that is configured against the CUDA that ``environments`` bring, by architecture; with ``note``
    it is told where another minor version counts. ``where`` names the Python environment's lock.

    Raises NeveError for a release that is not known, and for one of another major version than the wheels.
    """
    plan, config = session.plan, session.project.config.cuda
    version = config.version if config else None
    if version is None or plan.cuda is not None:  # a toolkit is chosen by it, and checked there
        return
    wheels = first_cuda(environments, plan.platforms, where=where)
    same = [name for name in table().releases if wheels is None or int(name.partition(".")[0]) == wheels.major]
    find_release(version, where=_KEY, having=same)
    if wheels is None:
        return
    if int(version.partition(".")[0]) != wheels.major:
        raise _another_major(version, wheels)
    if note and wheels.version not in (version, str(wheels.major)):
        session.progress.note(
            f"the image says CUDA {wheels.version}, as {wheels.said_by} of the locked packages does, and not the"
            f" {version} of {_KEY}: that counts for a toolkit, and where no package tells a version"
        )


def _another_major(version: str, wheels: CudaWheels) -> NeveError:
    return NeveError(
        f"CUDA {version} is asked for, and the environment is of CUDA {wheels.version}",
        where=_KEY,
        why=f"{wheels.said_by} of the locked packages is of CUDA {wheels.version}, which the image has",
        fixes=[
            "take `version` out: the image's CUDA is then the one of the locked packages",
            f"or lock packages that are built for CUDA {version.partition('.')[0]}",
        ],
    )


__all__ = ["check_version"]
