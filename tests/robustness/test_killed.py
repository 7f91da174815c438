"""Killed, interrupted and crowded: afterwards the same command gives the same image, and nothing is left lying."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.build, pytest.mark.network]

PYPROJECT = '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = []\n'
_OF_UV = re.compile(r"\.tmp[A-Za-z0-9]{6}")
_FILES = {".neve", "app.py", "neve.lock", "pyproject.toml", "uv.lock"}


def _project(directory: Path, code: str) -> Path:
    directory.mkdir()
    (directory / "pyproject.toml").write_text(PYPROJECT)
    (directory / "app.py").write_text(code)
    return directory


def _begin(project: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "neve", *words],
        cwd=project,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _end(running: subprocess.Popen[str]) -> str:
    out, told = running.communicate()
    assert running.returncode == 0, told
    return out.splitlines()[-1]


@pytest.fixture
def digest(tmp_path: Path) -> str:
    """Of the project that the tests disturb, built in peace."""
    return _end(_begin(_project(tmp_path / "peace", "print(1)\n"), "build"))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_the_next_run_succeeds(number: signal.Signals, digest: str, tmp_path: Path) -> None:
    for attempt, delay in enumerate((0.1, 0.3, 0.6, 0.9, 1.2, 1.5)):
        project = _project(tmp_path / f"project-{attempt}", "print(1)\n")
        running = _begin(project, "build")
        try:
            running.wait(delay)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, number)
        told = running.communicate()[1]
        # The interpreter itself may still be starting, or tell that Ctrl-C came into one of its own callbacks.
        assert "Traceback" not in told or delay == 0.1 or "Exception ignored in" in told
        assert _end(_begin(project, "build")) == digest
        # uv writes uv.lock by way of a file of its own (.tmp and six letters), and dies of the same signal.
        assert {path.name for path in project.iterdir() if not _OF_UV.fullmatch(path.name)} == _FILES


def test_several_at_once(digest: str, tmp_path: Path) -> None:
    project = _project(tmp_path / "project", "print(1)\n")
    running = [_begin(project, words) for words in ("build", "lock", "build", "info")]
    ends = [_end(each) for each in running]
    assert ends[0] == ends[2] == digest
    assert {path.name for path in project.iterdir()} == _FILES
