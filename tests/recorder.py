"""A Progress that remembers what it is told."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Recorder:
    started: dict[str, str] = field(default_factory=dict)
    totals: dict[str, int | None] = field(default_factory=dict)
    bytes: dict[str, int] = field(default_factory=dict)
    finished: dict[str, bool] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def stage(self, text: str) -> None:
        pass

    def start(self, key: str, text: str, total: int | None = None) -> None:
        self.started[key] = text
        self.totals[key] = total

    def advance(self, key: str, amount: int) -> None:
        self.bytes[key] = self.bytes.get(key, 0) + amount

    def finish(self, key: str, *, failed: bool = False) -> None:
        self.finished[key] = not failed

    def note(self, text: str) -> None:
        self.notes.append(text)
