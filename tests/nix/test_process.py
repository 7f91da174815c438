from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.nix.process import capture, child

# Stands for Nix: it starts a child of its own and waits for it.
_NIX = ["/bin/sh", "-c", 'sleep 60 & echo $! > "$PIDS"; echo $$ >> "$PIDS"; wait']


def _pids(file: Path) -> list[int]:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if file.exists() and len(file.read_text().split()) == 2:
            return [int(word) for word in file.read_text().split()]
        time.sleep(0.01)
    raise AssertionError("the child did not start")


def _gone(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.01)
    return False


def test_output_and_status_come_back() -> None:
    finished = capture(["/bin/sh", "-c", "echo out; echo err >&2; exit 3"], environment={})
    assert finished == (3, b"out\n", b"err\n")


def test_a_program_may_go_by_another_name() -> None:
    finished = capture(["nix-store", "-c", "echo $0"], environment={}, program="/bin/sh")
    assert finished.out == b"nix-store\n"


def test_a_program_that_is_not_there_is_an_error() -> None:
    with pytest.raises(NeveError, match="cannot run /nonexistent/nix"):
        capture(["/nonexistent/nix"], environment={})


def test_an_exception_ends_the_program_and_its_children(tmp_path: Path) -> None:
    pids = tmp_path / "pids"

    def interrupted() -> None:
        with child(_NIX, environment={"PIDS": str(pids), "PATH": os.defpath}, stdout=subprocess.DEVNULL):
            _pids(pids)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert all(_gone(pid) for pid in _pids(pids))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_program_does_not_outlive_us(tmp_path: Path, number: signal.Signals) -> None:
    pids = tmp_path / "pids"
    script = (
        "from neve.nix.process import capture\n"
        f"capture({_NIX!r}, environment={{'PIDS': {str(pids)!r}, 'PATH': {os.defpath!r}}})\n"
    )
    with subprocess.Popen([sys.executable, "-c", script]) as parent:
        nix = _pids(pids)[1]
        parent.send_signal(number)
    assert _gone(nix)
    os.kill(_pids(pids)[0], signal.SIGKILL)  # the stand-in's own child: Nix ends its builders itself
