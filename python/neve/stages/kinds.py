"""The environment of each kind of project that uv does not lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neve.errors import DefectError

if TYPE_CHECKING:
    from neve.session import Session
    from neve.stages.environment import Targets


def environment_of(session: Session, targets: Targets, *, held: str | None) -> str:  # noqa: ARG001
    """The text of a pylock that holds what the session's project installs on ``targets``, by architecture.

    ``held`` is an older one, whose versions stay where nothing else asks for others. Raises NeveError for what cannot
    be honoured, TransientError where an index does not answer.
    """
    raise DefectError(f"no way to lock projects of kind {session.project.kind}")


__all__ = ["environment_of"]
