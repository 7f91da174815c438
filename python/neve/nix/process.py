"""Running Nix so that it never outlives us, whatever way we go."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from typing import IO, Any, NamedTuple

from neve.errors import NeveError

_PR_SET_PDEATHSIG = 1
_GRACE_SECONDS = 5.0


class Finished(NamedTuple):
    """What a program left: its exit status and its output."""

    status: int
    out: bytes
    err: bytes


def capture(command: Sequence[str], *, environment: Mapping[str, str], program: str | None = None) -> Finished:
    """Run ``command`` to its end; raises NeveError where it cannot be started."""
    with child(command, environment=environment, program=program, stdout=subprocess.PIPE) as running:
        out, err = running.communicate()
    return Finished(running.returncode, out, err)


@contextmanager
def child(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    stdout: int | IO[bytes],
    program: str | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A running ``command`` (``program`` where its file is not ``command[0]``), waited for at the end.

    Where the block is left by an exception, Ctrl-C among them, the program and its children are ended
    first; where we are killed, the kernel ends it. Raises NeveError where it cannot be started.
    """
    try:
        running = subprocess.Popen(
            list(command),
            executable=program,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            # A group of its own: Ctrl-C on the terminal comes to us alone, and we end the whole group.
            process_group=0,
            preexec_fn=_die_with_parent(os.getpid()),  # noqa: PLW1509  two system calls, nothing else
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise NeveError(f"cannot run {program or command[0]}", why=str(error)) from error
    try:
        yield running
        running.wait()
    except BaseException:
        _end(running)
        raise
    finally:
        for pipe in (running.stdout, running.stderr):
            if pipe is not None:
                pipe.close()


def _end(running: subprocess.Popen[Any]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        if running.poll() is not None:
            break
        with suppress(ProcessLookupError):
            os.killpg(running.pid, number)
        # A second Ctrl-C while Nix tidies up means: at once.
        with suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
            running.wait(_GRACE_SECONDS)


def _die_with_parent(parent: int) -> Callable[[], None]:
    # Everything is looked up before the fork: only system calls are safe after it.
    prctl = _libc().prctl
    terminate = int(signal.SIGTERM)

    def prepare() -> None:
        prctl(_PR_SET_PDEATHSIG, terminate, 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), terminate)

    return prepare


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)


__all__ = ["Finished", "capture", "child"]
