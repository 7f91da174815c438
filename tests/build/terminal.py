"""A person at a terminal, for tests: a program on a pseudo-terminal, typed at and read from."""

from __future__ import annotations

import os
import pty
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

_SECONDS = 300


class Terminal:
    """``command`` on a terminal of its own; the program is ended with the block."""

    def __init__(self, command: Sequence[str], *, cwd: Path, environ: Mapping[str, str]) -> None:
        self.shown = ""
        self._pid, self._file = pty.fork()
        if self._pid == 0:
            os.chdir(cwd)
            os.execvpe(command[0], list(command), {**environ, "TERM": "dumb"})  # noqa: S606
        self._ended = False

    def __enter__(self) -> Self:
        # A program that never says what is waited for must not hang the tests.
        signal.signal(signal.SIGALRM, self._hung)
        signal.alarm(_SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        signal.alarm(0)
        os.close(self._file)
        if not self._ended:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)

    def type(self, text: str) -> None:
        """Type ``text``; ``\\x03`` is Ctrl-C."""
        os.write(self._file, text.encode())

    def until(self, text: str) -> str:
        """Read until ``text`` is shown; what was shown since the last time. The end of the program is an error."""
        while text not in self.shown:
            assert self._read(), f"{text!r} was never shown: {self.shown}"
        before, _, self.shown = self.shown.partition(text)
        return before + text

    def end(self) -> int:
        """Wait for the end; the exit code."""
        while self._read():
            pass
        self._ended = True
        return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])

    def _read(self) -> bool:
        try:
            data = os.read(self._file, 4096)
        except OSError:  # the other end is closed
            return False
        self.shown += data.decode(errors="replace").replace("\r", "")
        return bool(data)

    def _hung(self, *_: object) -> None:
        raise AssertionError(f"nothing more is shown: {self.shown}")


__all__ = ["Terminal"]
