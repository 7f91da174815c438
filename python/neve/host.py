"""This machine as it is looked at: its files, its programs and the environment, below a root of one's choice."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, TypeAlias

LATE = 124  # as timeout(1) has it
FLOOD = 125
_SECONDS = 5.0
_GRACE = 0.2  # for what is killed to be gone
_MOST = 1 << 20  # bytes of output


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a program left: its exit status (124: not in time, 125: it prints without end) and its output."""

    status: int
    out: str
    err: str = ""


Runner: TypeAlias = Callable[[Sequence[str], float], Ran | None]


def run_program(words: Sequence[str], seconds: float) -> Ran | None:
    """Run ``words`` for ``seconds`` at most, and until it has printed 1 MiB; None where it cannot be started.

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
    until = time.monotonic() + seconds
    pipes = [pipe for pipe in (process.stdout, process.stderr) if pipe is not None]
    try:
        out, err = _read(pipes, until)
        process.wait(max(0.0, until - time.monotonic()))
    except (TimeoutError, subprocess.TimeoutExpired):
        _kill(process)
        return Ran(status=LATE, out="", err=f"no answer within {seconds:g} s")
    except OverflowError:
        _kill(process)
        return Ran(status=FLOOD, out="", err="it prints without end")
    finally:
        for pipe in pipes:
            pipe.close()
    return Ran(status=process.returncode, out=out.decode(errors="replace"), err=err.decode(errors="replace"))


def _read(pipes: Sequence[IO[bytes]], until: float) -> list[bytes]:
    """What comes out of each of ``pipes``. Raises TimeoutError, and OverflowError where it is too much."""
    found = {pipe: bytearray() for pipe in pipes}
    with selectors.DefaultSelector() as selector:
        for pipe in pipes:
            selector.register(pipe, selectors.EVENT_READ, found[pipe])
        while selector.get_map():
            ready = selector.select(max(0.0, until - time.monotonic()))
            if not ready:
                raise TimeoutError
            for key, _ in ready:
                data = os.read(key.fd, 1 << 16)
                key.data.extend(data)
                if not data:
                    selector.unregister(key.fileobj)
                if len(key.data) > _MOST:
                    raise OverflowError
    return [bytes(each) for each in found.values()]


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(OSError, subprocess.TimeoutExpired):
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(_GRACE)


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


__all__ = ["FLOOD", "LATE", "Host", "Ran", "Runner", "run_program"]
