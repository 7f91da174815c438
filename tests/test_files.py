from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.files import (
    cache_home,
    data_home,
    explained,
    locked,
    new_directory,
    remedies,
    write_atomic,
    write_if_changed,
)


def names(directory: Path) -> list[str]:
    return [path.name for path in directory.iterdir()]


@pytest.mark.parametrize(
    ("value", "place"), [("/srv/cache", "/srv/cache/neve"), ("", "~/.cache/neve"), ("relative", "~/.cache/neve")]
)
def test_the_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str, place: str) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", value)
    assert cache_home() == Path(place.replace("~", str(tmp_path)))


def test_the_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert data_home() == tmp_path / ".local/share/neve"


def test_writing_makes_directories_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a/b/file"
    write_atomic(path, "text ❄")
    assert path.read_text() == "text ❄"
    write_atomic(path, b"\xff")
    assert path.read_bytes() == b"\xff"
    assert names(path.parent) == ["file"]


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_written_file_has_the_mode_of_any_other(tmp_path: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        write_atomic(tmp_path / "file", "")
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == mode


def test_writing_where_a_directory_is(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    with pytest.raises(NeveError, match="cannot write file"):
        write_atomic(tmp_path / "file", "")
    assert names(tmp_path) == ["file"]


def test_writing_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NeveError, match="cannot write"):
        write_atomic(tmp_path / "file" / "inner", "")


def test_writing_only_what_changed(tmp_path: Path) -> None:
    path = tmp_path / "file"
    assert write_if_changed(path, "a")
    inode = path.stat().st_ino
    assert not write_if_changed(path, "a")
    assert path.stat().st_ino == inode
    assert write_if_changed(path, "b")
    assert path.read_text() == "b"


def test_readers_see_the_old_or_the_new(tmp_path: Path) -> None:
    path = tmp_path / "file"
    contents = ["a" * 100_000, "b" * 100_000]
    write_atomic(path, contents[0])
    done = threading.Event()
    seen: set[str] = set()

    def read() -> None:
        while not done.is_set():
            seen.add(path.read_text())

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for turn in range(40):
        write_atomic(path, contents[turn % 2])
    done.set()
    for reader in readers:
        reader.join()
    assert seen <= set(contents)


def test_a_new_directory_appears_whole(tmp_path: Path) -> None:
    path = tmp_path / "a" / "made"
    with new_directory(path) as filling:
        (filling / "file").write_text("x")
        assert not path.exists()
    assert (path / "file").read_text() == "x"
    assert path.stat().st_mode & 0o777 == 0o755
    assert names(path.parent) == ["made"]


def test_a_new_directory_that_fails_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "made"
    with pytest.raises(KeyboardInterrupt), new_directory(path):
        raise KeyboardInterrupt
    assert names(tmp_path) == []


def test_who_is_first_with_a_new_directory_keeps_it(tmp_path: Path) -> None:
    path = tmp_path / "made"
    with new_directory(path) as mine:
        (mine / "file").write_text("mine")
        with new_directory(path) as theirs:
            (theirs / "file").write_text("theirs")
    assert (path / "file").read_text() == "theirs"
    assert names(tmp_path) == ["made"]


def test_a_lock_holds_between_processes_and_is_freed_by_death(tmp_path: Path) -> None:
    path = tmp_path / "a" / "lock"
    program = (
        "import sys\nfrom pathlib import Path\nfrom neve.files import locked\n"
        "with locked(Path(sys.argv[1])):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        taken = threading.Event()

        def take() -> None:
            with locked(path):
                taken.set()

        waiter = threading.Thread(target=take)
        waiter.start()
        assert not taken.wait(0.1)
        holder.kill()
        assert taken.wait(30)
        waiter.join()


@pytest.mark.parametrize(
    ("number", "word"),
    [(errno.ENOSPC, "free some space"), (errno.EDQUOT, "free some space"), (errno.EROFS, "read and write")],
)
def test_remedies(number: int, word: str) -> None:
    error = OSError(number, os.strerror(number), "/somewhere")
    assert word in remedies(error, "/somewhere")[0]
    with pytest.raises(NeveError, match="cannot do it") as caught, explained("do it", Path("/other")):
        raise error
    assert caught.value.where == "/somewhere"
    assert caught.value.why == os.strerror(number)
    assert word in caught.value.fixes[0]


def test_an_error_without_a_remedy() -> None:
    assert remedies(OSError(errno.EIO, "x"), "/x") == []
