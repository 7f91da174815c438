from __future__ import annotations

import pytest

from neve.cli.display import make_progress


def work(mode: str, *, quiet: bool = False, verbose: int = 0) -> None:
    progress = make_progress(mode, quiet=quiet, verbose=verbose)
    progress.stage("resolving")
    progress.start("a", "a.deb", 10)
    progress.advance("a", 10)
    progress.finish("a")
    progress.start("b", "b.deb", 3 << 20)
    progress.advance("b", 3 << 20)
    progress.finish("b")
    progress.start("c", "c.deb")
    progress.finish("c", failed=True)
    progress.advance("unknown", 1)
    progress.finish("unknown")
    progress.note("careful")


def test_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    work("plain")
    said = capsys.readouterr()
    assert said.out == ""
    lines = said.err.splitlines()
    assert lines[0] == "> resolving"
    assert lines[1].startswith("- b.deb (3.1 MB in ")
    assert lines[2:] == ["x c.deb", "! careful"]


def test_more_lines(capsys: pytest.CaptureFixture[str]) -> None:
    work("plain", verbose=1)
    assert "- a.deb" in capsys.readouterr().err


@pytest.mark.parametrize(("mode", "quiet"), [("quiet", False), ("plain", True), ("auto", True), ("tty", True)])
def test_quiet_shows_what_must_be_read(mode: str, quiet: bool, capsys: pytest.CaptureFixture[str]) -> None:
    work(mode, quiet=quiet)
    assert capsys.readouterr().err == "! careful\n"


def test_without_a_terminal_there_are_lines(capsys: pytest.CaptureFixture[str]) -> None:
    work("auto")
    assert "\x1b" not in capsys.readouterr().err


def test_bars(capsys: pytest.CaptureFixture[str]) -> None:
    work("tty")
    said = capsys.readouterr()
    assert said.out == ""
    assert "x c.deb" in said.err
    assert "! careful" in said.err
