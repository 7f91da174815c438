"""Writing: killed in the middle, on a full disk, by several processes at once."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from neve import files
from neve.errors import NeveError
from neve.project.sources import source_files

# Is killed when the new content is written and not yet in its place.
_KILLED = """
import os, signal, sys
from pathlib import Path
from neve.files import write_atomic
os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
write_atomic(Path(sys.argv[1]), "new" * 1000)
"""
_WRITER = """
import sys
from pathlib import Path
from neve.files import write_atomic
for _ in range(100):
    write_atomic(Path(sys.argv[1]), sys.argv[2] * 50_000)
"""


def _run(script: str, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", script, *words], stderr=subprocess.PIPE)


def test_a_killed_writer_changes_nothing_and_leaves_one_file_that_is_used_again(tmp_path: Path) -> None:
    target = tmp_path / "neve.lock"
    target.write_text("old")
    (tmp_path / "pyproject.toml").touch()
    for _ in range(3):
        _run(_KILLED, str(target)).communicate()
    assert target.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 3
    assert source_files(tmp_path) == ("pyproject.toml",)  # what is left is no file of the project
    files.write_atomic(target, "x")
    assert target.read_text() == "x"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["neve.lock", "pyproject.toml"]


def test_several_writers_at_once(tmp_path: Path) -> None:
    target = tmp_path / "file"
    running = [_run(_WRITER, str(target), letter) for letter in "abcd"]
    while any(process.poll() is None for process in running):
        if target.exists():
            content = target.read_text()
            assert len(content) == 50_000
            assert len(set(content)) == 1
    assert [process.communicate()[1] for process in running] == [b""] * 4
    assert list(tmp_path.iterdir()) == [target]


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "file"
    target.write_text("old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NeveError, match="cannot write file") as caught:
        files.write_atomic(target, "new")
    assert caught.value.fixes[0].startswith("free some space")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_modes_follow_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        files.write_atomic(tmp_path / "file", "x")
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o640
    files.write_if_changed(tmp_path / "program", "", mode=0o777)
    assert os.access(tmp_path / "program", os.X_OK)


def test_something_else_in_the_place_of_a_directory(tmp_path: Path) -> None:
    (tmp_path / ".neve").touch()
    with pytest.raises(NeveError, match="cannot write") as caught:
        files.write_atomic(tmp_path / ".neve/state.json", "x")
    assert caught.value.fixes == (f"move {tmp_path / '.neve'} away: something else is in its place",)
