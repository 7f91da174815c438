"""Whether a lock may be written: --check, --locked and --frozen forbid it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neve.errors import StaleError

if TYPE_CHECKING:
    from neve.session import Session


def must_not_change(
    session: Session, check: bool, what: str, missing: bool, *, where: str | None = None, why: str | None = None
) -> None:
    """Raise StaleError where a lock would have to be written and must not be; ``what`` is wrong with it, ``where`` and
    ``why`` where that is known.
    """
    options = session.options
    if not (check or options.locked or options.frozen):
        return
    flag = "--check" if check else "--locked" if options.locked else "--frozen"
    if options.frozen and not missing and not check:
        return
    forbidden = f"{flag} forbids writing it"
    raise StaleError(
        what,
        where=where or str(session.directory),
        why=f"{why}; {forbidden}" if why else forbidden,
        fixes=["`neve lock` writes it"],
    )


def may_change(session: Session, check: bool) -> bool:
    """Whether a lock may be written."""
    return not (check or session.options.locked or session.options.frozen)


__all__ = ["may_change", "must_not_change"]
