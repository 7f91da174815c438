"""What long work tells while it runs. The stages know this protocol; how it is drawn is the command line's concern."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Takes what long work reports. Methods may be called from several threads."""

    def stage(self, text: str) -> None:
        """Say that a stage begins (``resolving trixie``)."""

    def start(self, key: str, text: str, total: int | None = None) -> None:
        """Begin the task ``key``; ``total`` in bytes where it is known."""

    def advance(self, key: str, amount: int) -> None:
        """Add ``amount`` bytes to what task ``key`` has done."""

    def finish(self, key: str, *, failed: bool = False) -> None:
        """End the task ``key``."""

    def note(self, text: str) -> None:
        """Say something that the user should read: a warning, a choice that was made."""


class Silent:
    """A Progress that shows nothing."""

    def stage(self, text: str) -> None:
        """Ignore it."""

    def start(self, key: str, text: str, total: int | None = None) -> None:
        """Ignore it."""

    def advance(self, key: str, amount: int) -> None:
        """Ignore it."""

    def finish(self, key: str, *, failed: bool = False) -> None:
        """Ignore it."""

    def note(self, text: str) -> None:
        """Ignore it."""


def counted(number: int, word: str) -> str:
    """``1 file``, ``2 files``: as English has it for ``word``."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


__all__ = ["Progress", "Silent", "counted"]
