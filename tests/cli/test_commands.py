"""Commands as a shell sees them: what they print, where, and how they end; all servers are on loopback."""

from __future__ import annotations

import json
import platform
import tomllib
from pathlib import Path

import pytest

from neve.cli.parser import run_command
from neve.errors import NeveError, UsageError
from neve.project.read import read_project
from tests.world import World

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="the mirror on loopback has amd64 alone")
PYPROJECT = '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["lemon"]\n'


@pytest.fixture
def project(world: World, tmp_path: Path) -> Path:
    world.serve_wheel("lemon", "1.0")
    directory = tmp_path / "project"
    directory.mkdir()
    (directory / "pyproject.toml").write_text(PYPROJECT)
    return directory


def told(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_lock(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["-C", str(project), "lock"]) == 0
    assert told(capsys) == f"{project / 'neve.lock'}\n"
    assert run_command(["-C", str(project), "lock", "--check", "--json"]) == 0
    assert json.loads(told(capsys)) == {
        "file": str(project / "neve.lock"),
        "changed": [],
        "added": [],
        "missing_libraries": [],
    }
    with pytest.raises(UsageError):
        run_command(["-C", str(project), "lock", "--check", "--upgrade"])


def test_render(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NeveError, match="not there"):
        run_command(["-C", str(project), "render", "--check"])
    assert [path.name for path in project.iterdir() if path.name != ".neve"] == ["pyproject.toml"]
    assert run_command(["-C", str(project), "render"]) == 0
    assert told(capsys) == f"{project / 'flake.nix'}\n"
    assert run_command(["-C", str(project), "render", "--check"]) == 0
    (project / "nix/debian.nix").write_text("{ }\n")
    with pytest.raises(NeveError, match="not fresh") as caught:
        run_command(["-C", str(project), "render", "--check"])
    assert caught.value.where is not None
    assert "nix/debian.nix" in caught.value.where
    assert (project / "nix/debian.nix").read_text() == "{ }\n"
    told(capsys)
    assert run_command(["-C", str(project), "render", "--json"]) == 0
    assert json.loads(told(capsys))["written"] == ["nix/debian.nix"]


def test_info(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["-C", str(project), "info"]) == 0
    table = told(capsys)
    assert "lemon-1.0-py3-none-any.whl" in table
    assert "not built since the last change" in table
    assert run_command(["-C", str(project), "info", "--json"]) == 0
    assert json.loads(told(capsys))["project"]["name"] == "app"


def test_init_adds_a_table_once(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["-C", str(project), "init"]) == 0
    assert told(capsys) == f"{project / 'pyproject.toml'}\n"
    text = (project / "pyproject.toml").read_text()
    assert text.startswith(PYPROJECT)
    assert tomllib.loads(text)["tool"]["neve"] == {"image": {}}
    assert run_command(["-C", str(project), "init"]) == 0
    assert (project / "pyproject.toml").read_text() == text


def test_what_init_shows_is_valid(project: Path) -> None:
    """Whoever takes the marks of comments away has a configuration that is read."""
    run_command(["-C", str(project), "init"])
    path = project / "pyproject.toml"
    text = path.read_text().replace("# Every key", "## Every key")
    path.write_text("".join(line.removeprefix("# ") for line in text.splitlines(keepends=True)))
    assert read_project(project).config.image.ports == (8000,)


@pytest.mark.parametrize(("base", "release"), [("debian", "trixie"), ("nixpkgs", "26.05")])
def test_init_takes_a_base(project: Path, base: str, release: str) -> None:
    assert run_command(["-C", str(project), "init", "--base", base]) == 0
    assert read_project(project).config.base == base
    assert f'# release = "{release}"' in (project / "pyproject.toml").read_text()


def test_init_makes_a_project_where_there_is_none(project: Path) -> None:
    fresh = project.parent / "fresh"
    fresh.mkdir()
    assert run_command(["-C", str(fresh), "init"]) == 0
    data = tomllib.loads((fresh / "pyproject.toml").read_text())
    assert data["project"]["name"] == "fresh"
    assert "neve" in data["tool"]


def test_init_writes_an_envrc_where_there_is_none(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["-C", str(project), "init"]) == 0
    path = project / ".envrc"
    assert not path.exists()
    assert run_command(["-C", str(project), "init", "--direnv"]) == 0
    assert "watch_file pyproject.toml uv.lock neve.lock\n" in path.read_text()
    assert told(capsys).splitlines()[-1] == str(project / "pyproject.toml")
    path.write_text("mine\n")
    assert run_command(["-C", str(project), "--progress", "plain", "init", "--direnv"]) == 0
    said = capsys.readouterr().err
    assert ".envrc is there already" in said
    assert "neve shell --print-env" in said
    assert path.read_text() == "mine\n"


def test_shell_prints_or_runs(project: Path) -> None:
    with pytest.raises(UsageError, match="--print-env takes no command"):
        run_command(["-C", str(project), "shell", "--print-env", "--", "true"])


@pytest.mark.parametrize("tool", ["tool = {}\n", 'tool.uv = { package = false }\n[tool."neve2"]\n'])
def test_init_leaves_no_file_that_is_broken(project: Path, tool: str) -> None:
    path = project / "pyproject.toml"
    path.write_text(tool + PYPROJECT)
    try:
        run_command(["-C", str(project), "init"])
    except NeveError:
        assert path.read_text() == tool + PYPROJECT
    else:
        assert "neve" in tomllib.loads(path.read_text())["tool"]


def test_push_wants_a_name(project: Path) -> None:
    with pytest.raises(NeveError, match="no name to push to") as caught:
        run_command(["-C", str(project), "push"])
    assert "tool.neve.image.name" in (caught.value.where or "")


@pytest.mark.parametrize("file", ["requirements.txt", "Pipfile", "setup.py", "main.py"])
def test_init_writes_a_file_of_its_own_where_there_is_no_pyproject(
    project: Path, file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "pyproject.toml").unlink()
    (project / file).touch()
    assert run_command(["-C", str(project), "init", "--base", "nixpkgs", "--direnv"]) == 0
    assert told(capsys) == f"{project / 'neve.toml'}\n"
    assert not (project / "pyproject.toml").exists()
    assert tomllib.loads((project / "neve.toml").read_text()) == {"base": "nixpkgs", "image": {}}
    assert read_project(project).config.base == "nixpkgs"
    assert file in (project / ".envrc").read_text().splitlines()[1].split()
    before = (project / "neve.toml").read_text()
    assert run_command(["-C", str(project), "init"]) == 0
    assert (project / "neve.toml").read_text() == before
