"""This machine as it is looked at: its files, its programs and the environment, below a root of one's choice."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TypeAlias

LATE = 124  # as timeout(1) has it
_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a program left: its exit status (124: it did not end in time) and its output."""

    status: int
    out: str
    err: str = ""


Runner: TypeAlias = Callable[[Sequence[str], float], Ran | None]


def run_program(words: Sequence[str], seconds: float) -> Ran | None:
    """Run ``words`` for ``seconds`` at most; None where it cannot be started.

    One that waits in the kernel, as for a GPU that hangs, cannot be ended, and is not waited for.
    """
    try:
        process = subprocess.Popen(
            list(words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env={**os.environ, "LC_ALL": "C"},
        )
    except OSError:
        return None
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        return Ran(status=LATE, out="", err=f"no answer within {seconds:g} s")
    return Ran(status=process.returncode, out=out.decode(errors="replace"), err=err.decode(errors="replace"))


@dataclass(frozen=True, kw_only=True)
class Host:
    """A machine. ``root`` is put before every place, so that another tree can be looked at than this machine's;
    ``runner`` runs programs, by default those of this machine.
    """

    root: Path = Path("/")
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    runner: Runner = run_program

    def path(self, place: str | PurePosixPath) -> Path:
        """The file of ``place``, an absolute path of the machine."""
        return self.root / str(place).lstrip("/")

    def read(self, place: str) -> str | None:
        """The text of ``place``, without blanks around it; None where it cannot be read."""
        try:
            return self.path(place).read_text(errors="replace").strip()
        except OSError:
            return None

    def exists(self, place: str) -> bool:
        """Whether there is anything at ``place``."""
        return os.path.lexists(self.path(place))

    def glob(self, pattern: str) -> list[str]:
        """The places that fit ``pattern``, sorted."""
        try:
            found = sorted(self.root.glob(pattern.lstrip("/")))
        except OSError:
            return []
        return [self._place(path) for path in found]

    def real(self, place: str) -> str:
        """``place`` with links followed."""
        return self._place(self.path(place).resolve())

    def which(self, name: str, *more: str) -> str | None:
        """Where the program ``name`` is on PATH, or in one of the directories ``more``."""
        directories = [*self.environ.get("PATH", "").split(":"), *more]
        places = (f"{directory.rstrip('/')}/{name}" for directory in directories if directory.startswith("/"))
        return next((place for place in places if self._runs(self.path(place))), None)

    def run(self, words: Sequence[str], seconds: float = _SECONDS) -> Ran | None:
        """Run a program for ``seconds`` at most; None where it cannot be started."""
        return self.runner(words, seconds)

    @staticmethod
    def _runs(path: Path) -> bool:
        return path.is_file() and os.access(path, os.X_OK)

    def _place(self, path: Path) -> str:
        for root in (self.root, self.root.resolve()):
            with suppress(ValueError):
                return f"/{path.relative_to(root)}"
        return str(path)


__all__ = ["LATE", "Host", "Ran", "Runner", "run_program"]
