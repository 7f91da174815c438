"""A value that is not valid, with what its author may have meant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


class WrongError(ValueError):
    """What a validator raises: ``at`` is the place below the value that it looked at, ``fix`` the remedy; ``meant``
    tells by the ``value`` and all the settings what was meant.
    """

    def __init__(
        self,
        message: str,
        *,
        at: tuple[str | int, ...] = (),
        fix: str | None = None,
        value: str = "",
        meant: Callable[[str, Mapping[str, Any]], str | None] | None = None,
    ) -> None:
        super().__init__(message)
        self.at = at
        self._fix = fix
        self._value = value
        self._meant = meant

    def fixes(self, settings: Mapping[str, Any]) -> list[str]:
        """The remedies, as ``settings`` are."""
        meant = self._meant(self._value, settings) if self._meant is not None else None
        return [*([self._fix] if self._fix else []), *([f'write it as "{meant}"'] if meant else [])]


__all__ = ["WrongError"]
