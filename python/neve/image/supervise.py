"""Running a command to its end so that signals reach it, and its exit code comes back; bwrap takes more for that."""

from __future__ import annotations

import ctypes
import json
import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

from neve.errors import NeveError

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_PR_SET_CHILD_SUBREAPER = 36
_FORWARDED = frozenset({signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2})


def supervise(bwrap: Sequence[str], arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run ``bwrap`` with ``arguments`` to the end of its command; the exit code, 128 + N after signal N.

    bwrap passes no signals on, and a Ctrl-C of the terminal ends its outer process at once. That one is let
    die: the command lives on below us, may handle the signal, and it is its end that counts. To be called
    from the main thread, with no other thread running: signals are taken synchronously.
    Raises NeveError where bwrap cannot be started.
    """
    # What bwrap leaves behind becomes our child, so that we can wait for it.
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _FORWARDED | {signal.SIGCHLD})
    try:
        reading, writing = os.pipe()
        os.set_inheritable(writing, True)
        command = [*bwrap, "--info-fd", str(writing), *arguments]
        try:
            outer = os.posix_spawn(
                command[0],
                command,
                dict(environ),
                setsigmask=before,
                setsigdef=[signal.SIGPIPE, signal.SIGXFSZ],
            )
        except OSError as error:
            os.close(reading)
            raise NeveError("cannot start bubblewrap", where=command[0], why=error.strerror) from error
        finally:
            os.close(writing)
        return _wait(outer, _inner(reading))
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def attend(
    command: Sequence[str], environ: Mapping[str, str], *, directory: Path, stderr: int, kept: Sequence[int] = ()
) -> int:
    """Run ``command`` in ``directory`` to its end, the descriptor ``stderr`` its standard error, those of ``kept`` its
    own too; the exit code, 128 + N after signal N.

    It stays in our process group: what the terminal sends it gets by itself, what is sent to us it gets from us, and it
    is hung up where we are killed. To be called as :func:`supervise` is. Raises NeveError where it cannot be started.
    """
    import subprocess  # the wrappers, which have to start quickly, have no use for it

    parent, prctl = os.getpid(), ctypes.CDLL(None).prctl
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _FORWARDED | {signal.SIGCHLD})

    def prepare() -> None:
        prctl(_PR_SET_PDEATHSIG, int(signal.SIGHUP), 0, 0, 0)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGHUP)

    try:
        try:
            child = subprocess.Popen(
                list(command),
                cwd=directory,
                env=dict(environ),
                stderr=stderr,
                pass_fds=kept,
                preexec_fn=prepare,  # noqa: PLW1509 - no other thread is there
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise NeveError(f"cannot run {command[0]}", why=str(error)) from error
        while (status := child.poll()) is None:
            caught = signal.sigwaitinfo(_FORWARDED | {signal.SIGCHLD})
            if caught.si_signo != signal.SIGCHLD and not _of_the_terminal(caught):
                child.send_signal(caught.si_signo)
        return _exit_code(status)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _inner(reading: int) -> int | None:
    """The first process of the sandbox, the parent of its command, as this machine numbers it."""
    with os.fdopen(reading, "rb") as file:
        data = file.read()
    return int(json.loads(data)["child-pid"]) if data.strip() else None


def _wait(outer: int, inner: int | None) -> int:
    outer_ended: int | None = None
    while True:
        if outer_ended is None and (status := _ended(outer)) is not None:
            if status >= 0 or inner is None:
                return _exit_code(status)
            outer_ended = status
        if outer_ended is not None and inner is not None:
            try:
                status = _ended(inner)
            except ChildProcessError:
                return _exit_code(outer_ended)
            if status is not None:
                return _exit_code(status)
        caught = signal.sigwaitinfo(_FORWARDED | {signal.SIGCHLD})
        if caught.si_signo != signal.SIGCHLD and not _of_the_terminal(caught) and inner is not None:
            _forward(caught.si_signo, inner)


def _of_the_terminal(caught: signal.struct_siginfo) -> bool:
    """Whether the kernel sent it, to the whole process group, not a process to us."""
    return caught.si_code > 0


def _ended(pid: int) -> int | None:
    """How ``pid`` ended: its exit code, or the negative of the signal; None while it runs."""
    found, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


def _exit_code(status: int) -> int:
    return status if status >= 0 else 128 - status


def _forward(number: int, inner: int) -> None:
    try:
        children = Path(f"/proc/{inner}/task/{inner}/children").read_text().split()
        # Without a child bwrap is still preparing; the first process of a PID namespace heeds SIGKILL alone.
        if children:
            os.kill(int(children[0]), number)
        else:
            os.kill(inner, signal.SIGKILL)
    except OSError:
        pass  # it has just ended


__all__ = ["attend", "supervise"]
