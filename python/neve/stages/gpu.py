"""Which GPUs the locked wheels have code for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neve.python.wheel import Wheel
from neve.stages.libraries import read_wheels

if TYPE_CHECKING:
    from collections.abc import Mapping

    from neve.cuda.architectures import Architectures
    from neve.session import Session
    from neve.stages.lock import Locked


def wheel_architectures(session: Session, locked: Locked, architecture: str) -> Mapping[str, Architectures]:
    """The GPU architectures of each wheel of ``locked`` for ``architecture`` ("x86_64") that has code for GPUs, by the
    package's name. Of wheels that neve has in its cache: nothing is asked of anybody, and one that was never fetched is
    left out (``neve lock`` and ``neve build`` fetch them).

    ``neve.cuda.architectures`` judges them: ``misfits(found, "8.6")`` for one GPU, ``runs_on(found)`` for all.
    """
    return known_code(session, locked, architecture)[0]


def known_code(
    session: Session, locked: Locked, architecture: str
) -> tuple[Mapping[str, Architectures], tuple[str, ...]]:
    """The same, and the packages of wheels that may have such code and are not in neve's cache: nobody knows."""
    found = (each for each in locked.environments.get(architecture, ()) if isinstance(each, Wheel))
    wheels = [wheel for wheel in found if not wheel.file.endswith("-any.whl")]
    contents, unreadable = read_wheels(session, wheels, fetch=False)
    code = {
        wheel.name: contents[wheel.file].gpu for wheel in wheels if wheel.file in contents and contents[wheel.file].gpu
    }
    unread = (wheel.name for wheel in wheels if wheel.file not in contents and wheel.file not in unreadable)
    return code, tuple(unread)


__all__ = ["known_code", "wheel_architectures"]
