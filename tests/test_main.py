"""The entry point: what ends in which exit code, and that bad input shows no traceback."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import neve
from neve.__main__ import main
from neve.cli import info
from neve.errors import DefectError, ManyErrors, NeveError, TransientError, UsageError


@pytest.fixture(autouse=True)
def _the_process_stays_as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    import gc

    monkeypatch.setenv("PYDANTIC_DISABLE_PLUGINS", os.environ.get("PYDANTIC_DISABLE_PLUGINS", ""))
    held, thresholds = signal.getsignal(signal.SIGTERM), gc.get_threshold()
    yield
    signal.signal(signal.SIGTERM, held)
    gc.set_threshold(*thresholds)


@pytest.fixture
def raising(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, BaseException]:
    """`neve info` raises what the test puts here, as a stage deep below would."""
    raised: dict[str, BaseException] = {}

    def run(_: object) -> int:
        raise raised["error"]

    monkeypatch.setattr(info, "run", run)
    monkeypatch.chdir(tmp_path)
    return raised


def neve_process(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "neve", *words], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("word", ["--version", "-V"])
def test_the_version(capsys: pytest.CaptureFixture[str], word: str) -> None:
    assert main([word]) == 0
    assert capsys.readouterr().out == f"neve {neve.__version__}\n"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NeveError("it broke", where="here", why="so", fixes=["mend"]), 1),
        (UsageError("it broke"), 2),
        (DefectError("it broke"), 70),
        (TransientError("it broke"), 75),
        (ManyErrors([NeveError("it broke"), TransientError("that too")]), 1),
        (PermissionError(errno.EACCES, "it broke", "/somewhere"), 1),
        (OSError(errno.ENOSPC, "it broke", "/somewhere"), 1),
        (RuntimeError("it broke"), 70),
        (KeyboardInterrupt(), 130),
        (BrokenPipeError(), 141),
    ],
)
def test_errors_end_in_exit_codes(
    raising: dict[str, BaseException], capsys: pytest.CaptureFixture[str], error: BaseException, code: int
) -> None:
    raising["error"] = error
    stdout = sys.stdout
    try:
        assert main(["info"]) == code
    finally:
        sys.stdout = stdout
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
    if "broke" in str(error):
        assert said.err.startswith("error: ")
        assert "it broke" in said.err


def test_each_of_many_errors_is_labelled(raising: dict[str, BaseException], capsys: pytest.CaptureFixture[str]) -> None:
    raising["error"] = ManyErrors([NeveError("one"), NeveError("two", fixes=["mend"])])
    assert main(["info"]) == 1
    assert capsys.readouterr().err == "error: one\nerror: two\n  fix: mend\n"


@pytest.mark.parametrize("word", ["-v", "-vv", "--verbose"])
def test_verbose_shows_where_a_defect_is(
    raising: dict[str, BaseException], capsys: pytest.CaptureFixture[str], word: str
) -> None:
    raising["error"] = RuntimeError("it broke")
    assert main(["info", word]) == 70
    said = capsys.readouterr().err
    assert "Traceback" in said
    assert "neve has a defect: RuntimeError: it broke" in said


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({}, 1),
        ({"pyproject.toml": b"= ="}, 1),
        ({"pyproject.toml": b"\xff"}, 1),
        ({"pyproject.toml": b"[project]"}, 1),
        ({"pyproject.toml": b'[project]\nname = "a"\n[tool.neve]\nsytem = []'}, 1),
        ({"pyproject.toml": b'[project]\nname = "a"\nrequires-python = "==3.2.*"'}, 1),
    ],
)
@pytest.mark.parametrize("command", ["build", "lock", "info"])
def test_bad_input_shows_no_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], files: dict[str, bytes], code: int, command: str
) -> None:
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    before = sorted(path.name for path in tmp_path.iterdir())
    assert main(["-C", str(tmp_path), "--offline", command]) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
    assert said.err.startswith("error: ")
    assert "fix: " in said.err
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != ".neve") == before


def test_as_a_program(tmp_path: Path) -> None:
    assert neve_process("--version").stdout == f"neve {neve.__version__}\n"
    done = neve_process("-C", str(tmp_path), "info")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: there is no project here\n")
    assert neve_process("--nonsense").returncode == 2


def test_a_reader_that_has_seen_enough() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "neve", "--help"], stdout=closed, stderr=subprocess.PIPE, text=True, check=False
        )
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


def test_a_directory_that_was_removed_under_us(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    program = (
        "import os, sys; os.chdir(sys.argv[1]); os.rmdir(sys.argv[1]); "
        "from neve.__main__ import main; sys.exit(main(['info']))"
    )
    done = subprocess.run([sys.executable, "-c", program, str(gone)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
