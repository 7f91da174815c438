"""Scripts on the command line: which word is one, and what commands make of it."""

from __future__ import annotations

import json
import platform
from argparse import Namespace
from importlib import import_module
from pathlib import Path

import pytest

from neve.cli.context import Context
from neve.cli.parser import COMMANDS, run_command
from neve.errors import NeveError
from neve.session import Session
from tests.world import World

SCRIPT = '# /// script\n# requires-python = ">=3.11"\n# dependencies = ["lemon"]\n# ///\nimport lemon\n'


BUILT = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Namespace, Session]]:
    """What the commands are given; none of them does anything."""
    found: list[tuple[Namespace, Session]] = []

    def run(context: Context) -> int:
        found.append((context.words, context.session))
        return 0

    for name in COMMANDS:
        monkeypatch.setattr(import_module(f"neve.cli.{name}"), "run", run)
    return found


@pytest.mark.parametrize("command", ["build", "lock", "render", "info", "bootstrap", "run", "shell", "push"])
def test_every_command_takes_a_script(seen: list[tuple[Namespace, Session]], tmp_path: Path, command: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/tool.py").write_text(SCRIPT)
    assert run_command(["-C", str(tmp_path), command, "in/tool.py"]) == 0
    ((_, session),) = seen
    assert (session.directory, session.script) == (tmp_path / "in", "tool.py")
    assert session.neve_lock == tmp_path / "in/tool.py.neve.lock"
    assert session.uv_lock == tmp_path / "in/tool.py.lock"
    assert session.work == tmp_path / "in/.neve/tool.py"
    assert session.files() == ("tool.py",)


@pytest.mark.parametrize(
    ("words", "script", "arguments"),
    [
        (["run", "tool.py", "one"], "tool.py", ["one"]),
        (["run", "tool.py", "--", "tool.py"], "tool.py", ["tool.py"]),
        (["run", "--", "tool.py"], None, ["tool.py"]),
        (["run", "none.py"], None, ["none.py"]),
        (["run", "one", "tool.py"], None, ["one", "tool.py"]),
        (["shell", "tool.py", "--", "python"], "tool.py", ["python"]),
    ],
)
def test_the_first_word_that_is_there_is_the_script(
    seen: list[tuple[Namespace, Session]], tmp_path: Path, words: list[str], script: str | None, arguments: list[str]
) -> None:
    (tmp_path / "tool.py").write_text(SCRIPT)
    assert run_command(["-C", str(tmp_path), *words]) == 0
    ((parsed, session),) = seen
    assert (session.script, parsed.arguments) == (script, arguments)


def test_a_name_to_push_to_comes_after_the_script(seen: list[tuple[Namespace, Session]], tmp_path: Path) -> None:
    (tmp_path / "tool.py").write_text(SCRIPT)
    run_command(["-C", str(tmp_path), "push", "tool.py", "registry.example/tool"])
    ((parsed, session),) = seen
    assert (session.script, parsed.names) == ("tool.py", ["registry.example/tool"])


def test_a_script_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NeveError, match="no such script"):
        run_command(["-C", str(tmp_path), "build", "none.py"])
    for words in (["run", "none.py"], ["run", "--gpus", "all", "none.py"], ["shell", "--gpus=all", "none.py"]):
        with pytest.raises(NeveError, match="no such script") as caught:
            run_command(["-C", str(tmp_path), *words])
        assert caught.value.where == str(tmp_path / "none.py")
    # Before a GPU is looked for, too.
    with pytest.raises(NeveError, match="no project here"):
        run_command(["-C", str(tmp_path), "run", "--gpus=all", "--", "none.py"])


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        ("", True),  # Python, or whatever is named
        ('[tool.neve.image]\nentrypoint = ["/usr/bin/python3"]\n', True),
        ('[tool.neve.image]\nentrypoint = ["python", "-m", "app"]\n', False),
        (f'scripts = {{ app = "app:main" }}\n{BUILT}', False),  # it may take the names of files
    ],
)
def test_a_script_that_is_not_there_is_told_before_anything_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: str, refused: bool
) -> None:
    def built(session: Session) -> None:
        raise NeveError(f"{session.plan.project.name} is built")

    monkeypatch.setattr("neve.stages.build.build_image", built)
    monkeypatch.setattr("neve.stages.shell.find_shell", built)
    (tmp_path / "pyproject.toml").write_text(
        f'[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\n{more}'
    )
    for words, told in {
        ("run", "none.py"): refused,
        ("run", "--gpus=all", "none.py"): refused,
        ("run", "--", "none.py"): False,
        ("run", "x", "none.py"): False,
        ("shell", "none.py"): True,
        ("shell", "--", "none.py"): False,
    }.items():
        if "--gpus=all" in words and not refused:
            continue  # it tells of GPUs
        with pytest.raises(NeveError, match="no such script" if told else "app is built") as caught:
            run_command(["-C", str(tmp_path), *words])
        assert not told or f"neve {words[0]} -- none.py" in caught.value.fixes[1]


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the mirror on loopback has amd64 alone")
def test_the_flakes_of_scripts_disturb_nobody(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world.serve_wheel("lemon", "1.0")
    for name in ("one.py", "two.py"):
        (tmp_path / name).write_text(SCRIPT)
        assert run_command(["-C", str(tmp_path), "render", name]) == 0
        assert run_command(["-C", str(tmp_path), "render", "--check", name]) == 0
    flake = tmp_path / "one.py.flake"
    assert capsys.readouterr().out.splitlines()[0] == str(flake / "flake.nix")
    assert (flake / "one.py").read_text() == SCRIPT
    assert json.loads((flake / "nix/files.json").read_text()) == ["one.py"]
    made = {
        "one.py",
        "two.py",
        *(f"{name}.py{end}" for name in ("one", "two") for end in (".lock", ".neve.lock", ".flake")),
    }
    assert {path.name for path in tmp_path.iterdir()} - {".neve", "home"} == made
    (tmp_path / "one.py").write_text(f"{SCRIPT}# more\n")
    with pytest.raises(NeveError, match="not fresh"):
        run_command(["-C", str(tmp_path), "render", "--check", "one.py"])
