"""How progress is shown: lines where there is no terminal, moving bars where there is one; always on stderr."""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import TYPE_CHECKING

from neve.progress import Progress, Silent

if TYPE_CHECKING:
    from rich.progress import TaskID

_SMALL = 1 << 20  # bytes; a plain line for each small file would bury the rest


def make_progress(mode: str, *, quiet: bool, verbose: int) -> Progress:
    """The Progress of ``--progress`` ``mode``: auto, tty, plain or quiet."""
    if quiet or mode == "quiet":
        return Quiet()
    if mode == "tty" or (mode == "auto" and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"):
        return Bars()
    return Lines(verbose=verbose > 0)


class Quiet(Silent):
    """Shows warnings and nothing else."""

    def note(self, text: str) -> None:
        """Print it."""
        sys.stderr.write(f"! {text}\n")


class Lines(Quiet):
    """A line for each thing that ends, with how long it took and at what rate."""

    def __init__(self, *, verbose: bool) -> None:
        self._verbose = verbose
        self._lock = threading.Lock()
        self._tasks: dict[str, tuple[str, float, int]] = {}

    def stage(self, text: str) -> None:
        """Print it."""
        self._line(f"> {text}")

    def start(self, key: str, text: str, total: int | None = None) -> None:  # noqa: ARG002
        """Remember when it began."""
        with self._lock:
            self._tasks[key] = (text, time.monotonic(), 0)

    def advance(self, key: str, amount: int) -> None:
        """Count the bytes."""
        with self._lock:
            if key in self._tasks:
                text, began, done = self._tasks[key]
                self._tasks[key] = (text, began, done + amount)

    def finish(self, key: str, *, failed: bool = False) -> None:
        """Print what was done."""
        with self._lock:
            text, began, done = self._tasks.pop(key, (key, time.monotonic(), 0))
        seconds = time.monotonic() - began
        if failed:
            self._line(f"x {text}")
        elif done >= _SMALL or self._verbose or (not done and seconds > 0.3):
            self._line(f"- {text} ({_amount(done, seconds)})")

    def _line(self, text: str) -> None:
        with self._lock:
            sys.stderr.write(text + "\n")
            sys.stderr.flush()


class Bars(Quiet):
    """A bar for each thing that runs, by rich; what is done disappears, what failed stays."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Rich

        self._console = Console(stderr=True, highlight=False)
        self._rich = Rich(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=20),
            DownloadColumn(),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
        )
        self._lock = threading.Lock()
        self._tasks: dict[str, TaskID] = {}

    def stage(self, text: str) -> None:
        """Print it above the bars."""
        self._console.print(f"> {text}", markup=False)

    def start(self, key: str, text: str, total: int | None = None) -> None:
        """Add a bar."""
        with self._lock:
            if not self._tasks:
                self._rich.start()
            self._tasks[key] = self._rich.add_task(text[:60], total=total)

    def advance(self, key: str, amount: int) -> None:
        """Move the bar."""
        with self._lock:
            if key in self._tasks:
                self._rich.advance(self._tasks[key], amount)

    def finish(self, key: str, *, failed: bool = False) -> None:
        """Take the bar away; say what failed."""
        with self._lock:
            task = self._tasks.pop(key, None)
            if task is not None:
                text = self._rich.tasks[self._rich.task_ids.index(task)].description
                self._rich.remove_task(task)
                if failed:
                    self._console.print(f"x {text}", markup=False)
            if not self._tasks:
                self._rich.stop()

    def note(self, text: str) -> None:
        """Print it above the bars."""
        self._console.print(f"! {text}", markup=False)


def _amount(amount: int, seconds: float) -> str:
    if not amount:
        return f"{seconds:.1f} s"
    return f"{amount / 1e6:.1f} MB in {seconds:.1f} s, {amount / 1e6 / max(seconds, 1e-3):.0f} MB/s"


__all__ = ["make_progress"]
