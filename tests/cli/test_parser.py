from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import pytest

from neve.cli import parser
from neve.cli.context import Context
from neve.cli.parser import COMMANDS, make_parser, run_command
from neve.errors import NeveError

SHARED = ["--offline", "--locked", "--frozen", "--json", "--quiet", "--verbose", "-C", "--nix", "--progress"]


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[argparse.Namespace]:
    """What the commands are given; none of them does anything."""
    found: list[argparse.Namespace] = []

    def run(context: Context) -> int:
        found.append(context.words)
        return 0

    for name in COMMANDS:
        monkeypatch.setattr(import_module(f"neve.cli.{name}"), "run", run)
    return found


def usage_error(words: Sequence[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as caught:
        run_command(words)
    assert caught.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    return said.err


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command([]) == 0
    short = capsys.readouterr().out
    with pytest.raises(SystemExit) as caught:
        run_command(["--help"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == short
    for name, text in COMMANDS.items():
        assert re.search(rf"^ +{name} ", short, re.MULTILINE), name
        assert " ".join(text.split()) in " ".join(short.split())
    for code in ("0", "1", "2", "75", "70"):
        assert re.search(rf"\b{code}\b", short)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_with_the_shared_options(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        run_command([name, "--help"])
    assert caught.value.code == 0
    said = capsys.readouterr().out
    assert all(option in said for option in SHARED)


def test_every_module_of_a_command_is_listed() -> None:
    helpers = {"__init__", "context", "display", "enter", "parser"}
    assert {path.stem for path in Path(parser.__file__).parent.glob("*.py")} - helpers == set(COMMANDS)


@pytest.mark.parametrize(
    ("option", "name", "value"),
    [
        (["--offline"], "offline", True),
        (["--locked"], "locked", True),
        (["--frozen"], "frozen", True),
        (["--json"], "json", True),
        (["-q"], "quiet", True),
        (["-vv"], "verbose", 2),
        (["--nix", "own"], "nix", "own"),
        (["--progress", "plain"], "progress", "plain"),
    ],
)
def test_shared_options_stand_before_and_after_the_command(
    seen: list[argparse.Namespace], tmp_path: Path, option: list[str], name: str, value: object
) -> None:
    here = ["-C", str(tmp_path)]
    assert run_command([*here, *option, "info"]) == 0
    assert run_command(["info", *here, *option]) == 0
    assert run_command([*here, "info", *option]) == 0
    assert [getattr(words, name) for words in seen] == [value] * 3
    assert {words.directory for words in seen} == {str(tmp_path)}


def test_what_is_not_said_has_its_default(seen: list[argparse.Namespace]) -> None:
    run_command(["build"])
    (words,) = seen
    assert (words.directory, words.progress, words.nix) == (".", "auto", None)
    assert not any((words.offline, words.locked, words.frozen, words.json, words.quiet, words.verbose))


@pytest.mark.parametrize(
    ("words", "arguments"),
    [
        (["run"], []),
        (["run", "one", "two"], ["one", "two"]),
        (["run", "--", "--port", "8000"], ["--port", "8000"]),
        (["run", "one", "--", "-v", "--", "--json"], ["one", "-v", "--", "--json"]),
    ],
)
def test_what_follows_the_dashes_is_the_program_s(
    seen: list[argparse.Namespace], words: list[str], arguments: list[str]
) -> None:
    assert run_command(words) == 0
    assert seen[0].arguments == arguments
    assert seen[0].verbose == 0
    assert seen[0].json is False


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["biuld"], "biuld"),
        (["--nonsense"], "COMMAND"),
        (["build", "--nonsense"], "--nonsense"),
        (["build", "--off"], "--off"),
        (["build", "extra"], "extra"),
        (["build", "--", "x"], "takes no arguments after --"),
        (["--progress", "loud", "build"], "loud"),
        (["-C"], "-C"),
        (["--locked", "--frozen", "lock"], "exclude each other"),
    ],
)
def test_wrong_usage(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert said in usage_error(words, capsys)


def test_a_directory_that_is_not_there(seen: list[argparse.Namespace], tmp_path: Path) -> None:
    with pytest.raises(NeveError, match="no such directory"):
        run_command(["-C", str(tmp_path / "none"), "info"])
    assert seen == []


@pytest.mark.parametrize(("flag", "expected"), [([], "sha256:00\n"), (["--json"], '{\n  "digest": "sha256:00"\n}\n')])
def test_the_result_is_alone_on_stdout(
    flag: list[str],
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def run(context: Context) -> int:
        context.session.progress.stage("working")
        context.session.progress.note("careful")
        context.result("sha256:00", {"digest": "sha256:00"})
        return 0

    monkeypatch.setattr(import_module("neve.cli.build"), "run", run)
    run_command(["-C", str(tmp_path), "--progress", "plain", "build", *flag])
    said = capsys.readouterr()
    assert said.out == expected
    assert "working" in said.err
    assert "careful" in said.err
    if flag:
        assert json.loads(said.out) == {"digest": "sha256:00"}


def test_making_the_parser_twice_gives_the_same() -> None:
    assert make_parser().format_help() == make_parser().format_help()
