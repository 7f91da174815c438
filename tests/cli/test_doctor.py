from __future__ import annotations

import json
from pathlib import Path

import pytest

from neve.cli.parser import run_command
from neve.errors import NeveError, UsageError
from tests.world import World

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def elsewhere(world: World, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - all servers are on loopback
    monkeypatch.setenv("NEVE_STORE", str(ROOT / ".neve-no-store"))


def test_a_machine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    run_command(["-C", str(tmp_path / "empty"), "doctor"])
    lines = capsys.readouterr().out.splitlines()
    assert any("user namespaces" in line for line in lines)
    assert lines[-1].startswith("this machine: ")


def test_a_failure_ends_with_1_and_has_its_fix(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "app"\nversion = "1"\n[tool.neve]\nsytem = []\n')
    assert run_command(["-C", str(tmp_path), "doctor", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["ok"], report["about"]) == (False, "project")
    assert run_command(["-C", str(tmp_path), "doctor"]) == 1
    shown = capsys.readouterr().out
    # Told by sign and word, not by colour alone.
    assert "failure" in shown
    assert "\N{MULTIPLICATION X} failure" in shown or "x failure" in shown
    assert "fix: " in shown
    assert "\x1b[" not in shown
    assert "1 failure" in shown.splitlines()[-1]


def test_a_script(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "train.py").write_text("print(1)\n")
    run_command(["-C", str(tmp_path), "doctor", "train.py", "--json"])
    report = json.loads(capsys.readouterr().out)
    assert (report["about"], report["name"]) == ("project", "train")


def test_images_one_at_a_time(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="one image at a time"):
        run_command(["-C", str(tmp_path), "doctor", "a", "b"])
    with pytest.raises(NeveError):
        run_command(["-C", str(tmp_path), "--offline", "doctor", "registry.example/app"])
    (tmp_path / "train.py").write_text("print(1)\n")
    with pytest.raises(UsageError, match="a script or an image"):
        run_command(["-C", str(tmp_path), "doctor", "train.py", "registry.example/app"])
    with pytest.raises(NeveError, match="no such script"):
        run_command(["-C", str(tmp_path), "doctor", "serve.py", "registry.example/app"])


def test_gpus_are_looked_for_before_anything_is_built(tmp_path: Path, world: World) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "app"\nversion = "1"\n')
    for words, fix in (
        (["run", "--gpus", "train.py"], "`neve run --gpus=all train.py`"),
        (["shell", "--gpus=s p.py"], "`neve shell --gpus=all 's p.py'`"),
        (["run", "--gpus", "serve"], "`neve run --gpus=all -- serve`"),
        (["run", "--gpus", "pyproject.toml"], "`neve run --gpus=all -- pyproject.toml`"),
        (["shell", "--gpus=0"], "--gpus=device=0 "),
    ):
        with pytest.raises(UsageError, match="names no GPUs") as caught:
            run_command(["-C", str(tmp_path), *words])
        assert fix in caught.value.fixes[0]
    with pytest.raises(UsageError, match="takes no GPUs"):
        run_command(["-C", str(tmp_path), "shell", "--print-env", "--gpus"])
    if not Path("/dev/nvidia0").exists():
        for command in ("run", "shell"):
            with pytest.raises(NeveError, match="no GPU to give"):
                run_command(["-C", str(tmp_path), command, "--gpus"])
    assert world.server.seen == []
