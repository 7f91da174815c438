"""What is told of the CUDA that wheels bring: neve info, and the warning where nothing asks for it."""

from __future__ import annotations

import json
import platform
import re
import subprocess
from pathlib import Path

import jsonschema
import pytest

from neve.cli.info import cuda_rows, description_tables
from neve.errors import NeveError
from neve.python.uv import find_uv
from neve.stages.info import describe
from neve.stages.lock import lock_project
from tests.golden import ROOT
from tests.recorder import Recorder
from tests.world import World

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="the mirror on loopback has amd64 alone")

PROJECT = '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\n'


@pytest.fixture
def index(world: World) -> World:
    world.serve_wheel("nvidia-cuda-runtime-cu12", "12.8.90")
    world.serve_wheel("nvidia-nccl-cu12", "2.27.5")
    world.serve_wheel("torch", "2.9.1", requires=("nvidia-cuda-runtime-cu12==12.8.90",))
    world.serve_wheel("xgboost", "3.2.0", requires=("nvidia-nccl-cu12",))
    return world


def notes(world: World, directory: Path, text: str) -> list[str]:
    (directory / "pyproject.toml").write_text(PROJECT + text)
    recorder = Recorder()
    lock_project(world.session(directory, progress=recorder), refresh=True)
    return [note for note in recorder.notes if "CUDA" in note]


def test_info_tells_the_cuda_of_the_wheels(index: World, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PROJECT + 'dependencies = ["torch"]\n[tool.neve.cuda]\n')
    found = describe(index.session(tmp_path))
    data = json.loads(found.model_dump_json())
    jsonschema.validate(data, json.loads((ROOT / "docs/reference/neve-info.schema.json").read_text("utf-8")))
    cuda = data["platforms"]["linux/amd64"]["cuda"]
    assert cuda.pop("size") > 0
    assert cuda == {
        "version": "12.8",
        "said_by": "nvidia-cuda-runtime-cu12",
        "components": [{"name": "nvidia-cuda-runtime-cu12", "version": "12.8.90"}],
        "driver": "525.60.13",
        "native_driver": "570.26",
        "code": {},
        "gpus": None,
        "toolkit": None,
    }
    rows = next(rows for title, _, rows in description_tables(found) if title == "CUDA")
    assert rows[0] == ["version", "12.8 (nvidia-cuda-runtime-cu12 says so)"]
    assert rows[1] == ["driver", "525.60.13 or newer; 570.26 came with it"]


def test_info_tells_gpus_and_the_toolkit(index: World, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PROJECT + 'dependencies = ["torch"]\n')
    cuda = describe(index.session(tmp_path)).platforms["linux/amd64"].cuda
    assert cuda is not None
    toolkit = {"version": "12.8", "components": ["nvcc"], "compiler": "g++-14", "runtime": ["nvidia-cublas-cu12 12.8"]}
    toolkit |= {"architectures": ["8.0", "9.0+PTX"]}
    told = cuda.model_validate({**cuda.model_dump(), "gpus": ["8.0", "9.0"], "toolkit": toolkit, "driver": None})
    rows = dict(cuda_rows(told))
    assert rows["GPUs"] == "compute capability 8.0, 9.0"
    assert rows["toolkit"] == "12.8: nvcc, with g++-14"
    assert rows["of it in the image"] == "nvidia-cublas-cu12 12.8"
    assert rows["compiles for"] == "8.0, 9.0+PTX"
    assert rows["driver"].startswith("not known")
    toolkit["architectures"] = []
    silent = cuda.model_validate({**told.model_dump(), "toolkit": toolkit})
    unsaid = "tool.neve.cuda.architectures does not say what is compiled"
    assert dict(cuda_rows(silent))["GPUs"] == f"compute capability 8.0, 9.0, as far as the wheels tell: {unsaid}"
    unknown = cuda.model_validate({**silent.model_dump(), "gpus": None})
    assert dict(cuda_rows(unknown))["GPUs"] == f"not known: {unsaid}"
    libraries = cuda.model_validate({**unknown.model_dump(), "toolkit": toolkit | {"components": ["cublas"]}})
    assert dict(cuda_rows(libraries))["GPUs"] == "not known: no wheel with code for them is in neve's cache"
    assert dict(cuda_rows(libraries, unread=False))["GPUs"] == "not known: no wheel has code for them"


def test_info_says_of_an_image_for_cpus_what_the_image_says(index: World, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PROJECT + 'dependencies = ["torch"]\n[tool.neve]\ncuda = false\n')
    assert describe(index.session(tmp_path)).platforms["linux/amd64"].cuda is None


def test_info_tells_an_image_for_gpus_whose_cuda_nothing_tells(world: World, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PROJECT + "[tool.neve.cuda]\n")
    cuda = describe(world.session(tmp_path)).platforms["linux/amd64"].cuda
    assert cuda is not None
    assert (cuda.version, cuda.said_by, cuda.driver) == (None, None, None)
    assert cuda_rows(cuda)[:2] == [["version", "not known: no package tells it"], ["driver", "not known"]]


def test_info_has_the_version_of_the_label(index: World, tmp_path: Path) -> None:
    index.serve_wheel("cupy-cuda12x", "14.0")
    text = 'dependencies = ["cupy-cuda12x"]\n[tool.neve.cuda]\n'
    for more, expected in {"": ("12", "cupy-cuda12x"), 'version = "12.8"': ("12.8", "tool.neve.cuda.version")}.items():
        (tmp_path / "pyproject.toml").write_text(PROJECT + text + more)
        cuda = describe(index.session(tmp_path)).platforms["linux/amd64"].cuda
        assert cuda is not None
        assert (cuda.version, cuda.said_by) == expected


def test_without_cuda_there_is_nothing_to_tell(world: World, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    found = describe(world.session(tmp_path))
    assert found.platforms["linux/amd64"].cuda is None
    assert "CUDA" not in [title for title, _, _ in description_tables(found)]


def test_torch_that_nobody_wants_for_gpus(index: World, tmp_path: Path) -> None:
    (note,) = notes(index, tmp_path, 'dependencies = ["torch"]\n')
    assert note.startswith(
        "nothing in the project asks for GPUs, but its environment has CUDA 12.8: nvidia-cuda-runtime-cu12 ("
    )
    assert ", for torch\n" in note
    assert "`uv add" not in note  # torch is the project's own
    # The setting, as it is told, with an index of this test's: torch of it needs nothing of NVIDIA's.
    index.serve_wheel("torch", "2.9.1+cpu")
    own = index.environ["UV_DEFAULT_INDEX"]
    setting = "\n".join(line.strip() for line in note.splitlines() if line.startswith("    "))
    setting = setting.replace("https://download.pytorch.org/whl/cpu", own)
    assert own in setting
    assert notes(index, tmp_path, f'dependencies = ["torch"]\n{setting}\n') == []
    names = {a.name: a.version for a in lock_project(index.session(tmp_path)).artefacts}
    assert names == {"torch": "2.9.1+cpu"}


def test_what_xgboost_brings_is_left_out(index: World, tmp_path: Path) -> None:
    (note,) = notes(index, tmp_path, 'dependencies = ["xgboost"]\n')
    setting = "\n".join(line.strip() for line in note.splitlines() if line.startswith("    "))
    assert "[tool.uv]" in setting
    assert notes(index, tmp_path, f'dependencies = ["xgboost"]\n{setting}\n') == []
    assert "nvidia-nccl-cu12" not in {a.name for a in lock_project(index.session(tmp_path)).artefacts}


@pytest.mark.parametrize(
    "text",
    [
        'dependencies = ["torch"]\n[tool.neve.cuda]\n',
        'dependencies = ["torch", "nvidia-nccl-cu12"]\n',
        'dependencies = ["torch"]\nclassifiers = ["Environment :: GPU :: NVIDIA CUDA"]\n',
        'dependencies = ["torch"]\n[[tool.uv.index]]\nname = "pytorch-cu128"\nurl = "https://wheels.example/simple"\n'
        "explicit = true\n",
    ],
)
def test_who_asks_is_not_warned(index: World, tmp_path: Path, text: str) -> None:
    assert notes(index, tmp_path, text) == []


def test_who_refuses_is_warned_in_any_case(index: World, tmp_path: Path) -> None:
    text = 'dependencies = ["torch", "nvidia-nccl-cu12"]\n[tool.neve]\ncuda = false\n'
    (note,) = notes(index, tmp_path, text)
    assert note.startswith("tool.neve.cuda is false, but its environment has CUDA 12.8")


def test_one_that_is_only_checked_is_not_warned(index: World, tmp_path: Path) -> None:
    notes(index, tmp_path, 'dependencies = ["torch"]\n')
    recorder = Recorder()
    lock_project(index.session(tmp_path, progress=recorder), check=True)
    assert recorder.notes == []


def test_who_brings_the_second_major_version_to_requirements(index: World, tmp_path: Path) -> None:
    index.serve_wheel("nvidia-cublas-cu11", "11.11.3")
    index.serve_wheel("lemon", "9.0", requires=("nvidia-cublas-cu11",))
    (tmp_path / "requirements.txt").write_text("torch\nlemon==9.0\n")
    with pytest.raises(NeveError, match="two major versions") as caught:
        lock_project(index.session(tmp_path))
    command = re.search(r"`(uv .*)`", caught.value.fixes[1])
    assert command is not None
    uv = [find_uv(), *command[1].split()[1:]]
    done = subprocess.run([*uv, "--annotation-style=line"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert re.search(r"nvidia-cublas-cu11==\S+ +# via lemon\n", done.stdout)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("requirements.txt", "xgboost\n"),
        (
            "pyproject.toml",
            '[tool.poetry]\nname = "app"\nversion = "1"\npackage-mode = false\n'
            '[tool.poetry.dependencies]\npython = ">=3.11"\nxgboost = "*"\n',
        ),
    ],
)
def test_who_brings_cuda_where_uv_has_no_lock_of_its_own(world: World, tmp_path: Path, file: str, text: str) -> None:
    # uv reads the metadata of one wheel of a release: which, depends on the platforms that it resolves for.
    for tag in ("py3-none-win_amd64", "py3-none-macosx_12_0_arm64", "py3-none-manylinux_2_28_x86_64"):
        world.serve_wheel("xgboost", "3.2.0", tag=tag, requires=("nvidia-nccl-cu12 ; sys_platform == 'linux'",))
        world.serve_wheel("nvidia-nccl-cu12", "2.27.5", tag=tag)
    (tmp_path / file).write_text(text)
    recorder = Recorder()
    lock_project(world.session(tmp_path, progress=recorder))
    (note,) = (note for note in recorder.notes if "CUDA" in note)
    assert ", for xgboost\n" in note
    assert "exclude-dependencies" in note


def test_requirements_that_were_compiled_ask_for_nothing(index: World, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("torch==2.9.1\nnvidia-cuda-runtime-cu12==12.8.90\n")
    recorder = Recorder()
    lock_project(index.session(tmp_path, progress=recorder))
    assert any("whl/cpu" in note for note in recorder.notes)
