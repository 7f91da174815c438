"""The settings that avoid CUDA's wheels are pasted where the note says, into projects that have such tables already."""

from __future__ import annotations

import platform
import re
from dataclasses import replace
from pathlib import Path

import pytest

from neve.cuda.avoiding import CPU_WHEELS
from neve.stages.lock import Locked, lock_project
from tests.recorder import Recorder
from tests.world import World

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="the mirror on loopback has amd64 alone")

PROJECT = '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\n'
BOTH = f'{PROJECT}dependencies = ["torch", "xgboost"]\n'
POETRY = (
    '[tool.poetry]\nname = "app"\nversion = "1"\npackage-mode = false\n[tool.poetry.dependencies]\npython = ">=3.11"\n'
)
OTHER = '[[tool.uv.index]]\nname = "other"\nurl = "https://wheels.example/simple"\nexplicit = true\n'
ONE = '{ name = "other", url = "https://wheels.example/simple", explicit = true }'
SCRIPT = '# /// script\n# requires-python = ">=3.11"\n# dependencies = ["torch", "xgboost"]\n{more}# ///\nprint(1)\n'
_HEAD = re.compile(r"  (?:and |.*(?:`neve lock`|`pdm lock`): )(?P<where>.*)")


@pytest.fixture
def index(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """torch for GPUs and for CPUs lie on one index; uv reads its settings, of which there are none of a user's."""
    monkeypatch.delenv("UV_NO_CONFIG")
    world.serve_wheel("nvidia-cuda-runtime-cu12", "12.8.90")
    world.serve_wheel("nvidia-nccl-cu12", "2.27.5")
    world.serve_wheel("torch", "2.9.1", requires=("nvidia-cuda-runtime-cu12==12.8.90",))
    world.serve_wheel("xgboost", "3.2.0", requires=("nvidia-nccl-cu12",))
    return world


def lock(world: World, directory: Path) -> tuple[Locked, list[str]]:
    """What is locked, and the notes on CUDA."""
    recorder = Recorder()
    session = world.session(directory, progress=recorder)
    if (directory / "app.py").exists():
        session = replace(session, script="app.py")
    locked = lock_project(session, refresh=True)
    return locked, [note for note in recorder.notes if "CUDA" in note]


def paste(note: str, directory: Path, url: str) -> None:
    """Do what ``note`` says."""
    where, block = "", list[str]()
    for line in [*note.splitlines()[1:], "  and "]:
        if line.startswith("    "):
            block.append(line.strip().replace(CPU_WHEELS, url))
            continue
        if block:
            _paste(where, block, directory)
        found = _HEAD.match(line)
        where, block = found["where"] if found else "", []


def _paste(where: str, block: list[str], directory: Path) -> None:
    lines = "\n".join(block) + "\n"
    found = re.search(r"(?P<file>[^\s,]+\.(?:toml|txt|py))", where)
    assert found is not None, where
    path = directory / found["file"]
    text = path.read_text() if path.exists() else ""
    if where.startswith("at the end of the block"):
        text = text.replace("# ///\n", f"{lines}# ///\n")
    elif where.startswith("at the end"):
        text += lines
    elif where.startswith(("at the top", "a line at the top")):
        text = lines + text
    elif where.startswith("in a new file"):
        assert not path.exists()
        text = lines
    elif key := re.match(r"in place of `(.*)` in ", where):
        text, count = re.subn(rf"(?m)^{key[1]} = .*\n", lines, text)
        assert count == 1
    elif key := re.match(r"one more in `(.*)` of ", where):
        text = text.replace(f"{key[1]} = [\n", f"{key[1]} = [\n{lines}")
    else:
        table = re.match(r"in (\[[a-z.]+\]) of ", where)
        assert table is not None, where
        if old := re.search(r"in place of what it has of (.*)", where):
            text = re.sub(rf"(?m)^(# )?({old[1].replace(', ', '|')}) = .*\n", "", text)
        assert f"{table[1]}\n" in text
        text = text.replace(f"{table[1]}\n", f"{table[1]}\n{lines}")
    path.write_text(text)


@pytest.mark.parametrize(
    "files",
    [
        {"pyproject.toml": BOTH},
        {"pyproject.toml": f"{BOTH}[tool.uv]\npackage = false\n"},
        {"pyproject.toml": f'{BOTH}[tool.uv]\npackage = false\nexclude-dependencies = ["lemon"]\n{OTHER}'},
        {"pyproject.toml": f'{BOTH}{OTHER}[tool.uv.sources]\nlemon = {{ index = "other" }}\n'},
        {"pyproject.toml": f"{BOTH}[tool.uv]\nindex = [\n{ONE}]\n"},
        {"pyproject.toml": f"{BOTH}{OTHER.replace('other', 'pytorch-cpu')}"},
        {"pyproject.toml": BOTH, "uv.toml": ""},
        {"app.py": SCRIPT.format(more="")},
        {"app.py": SCRIPT.format(more="# [tool.uv]\n# link-mode = 'copy'\n")},
        {"requirements.txt": "torch\nxgboost\n"},
        {"requirements.txt": "-r more.txt\nxgboost\n", "more.txt": "torch\n"},
        {"requirements.txt": "torch\nxgboost\n", "pyproject.toml": "[tool.uv]\nlink-mode = 'copy'\n"},
        {"requirements.txt": "torch\nxgboost\n", "uv.toml": "link-mode = 'copy'\n"},
        {"setup.cfg": "[metadata]\nname = app\nversion = 1\n[options]\ninstall_requires =\n  torch\n  xgboost\n"},
        {"Pipfile": '[[source]]\nurl = "{url}"\nverify_ssl = true\nname = "pypi"\n[packages]\nxgboost = "*"\n'},
        {"pyproject.toml": f'{POETRY}xgboost = "*"\n'},
        {"pyproject.toml": f"{BOTH}[tool.pdm]\ndistribution = false\n"},
    ],
)
def test_it_pastes(index: World, tmp_path: Path, files: dict[str, str]) -> None:
    url = index.environ["UV_DEFAULT_INDEX"]
    for name, text in files.items():
        (tmp_path / name).write_text(text.replace("{url}", url))
    index.serve_wheel("setuptools", "80.0")
    locked, (note,) = lock(index, tmp_path)
    assert {"nvidia-nccl-cu12"} <= {a.name for a in locked.artefacts}
    assert "xgboost" in note.splitlines()[0]
    index.serve_wheel("torch", "2.9.1+cpu")
    paste(note, tmp_path, url)
    locked, notes = lock(index, tmp_path)
    assert notes == []
    versions = {a.name: a.version for a in locked.artefacts}
    assert versions.pop("torch", "2.9.1+cpu") == "2.9.1+cpu"
    assert versions == {"xgboost": "3.2.0"}
