"""tool.neve.cuda.version without a toolkit, held against what the wheels bring."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from neve.cuda.table import table
from neve.errors import NeveError
from neve.session import Options
from neve.stages.info import describe
from neve.stages.lock import lock_project
from tests.recorder import Recorder
from tests.world import World

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="the mirror on loopback has amd64 alone")

PROJECT = """\
[project]
name = "app"
version = "1"
requires-python = ">=3.11"
dependencies = [{dependencies}]
[tool.neve.cuda]
version = "{version}"
"""


def lock(world: World, directory: Path, version: str, dependencies: str = "", *, check: bool = False) -> list[str]:
    """What is noted."""
    (directory / "pyproject.toml").write_text(PROJECT.format(version=version, dependencies=dependencies))
    recorder = Recorder()
    lock_project(world.session(directory, progress=recorder), refresh=not check, check=check)
    return [note for note in recorder.notes if "CUDA" in note]


@pytest.fixture
def index(world: World) -> World:
    world.serve_wheel("nvidia-cuda-runtime", "13.2.75")
    world.serve_wheel("torch", "2.15.0", requires=("nvidia-cuda-runtime==13.2.75",))
    world.serve_wheel("cupy-cuda12x", "14.0")
    return world


@pytest.mark.parametrize("version", ["12.7", "99.1"])
@pytest.mark.parametrize("dependencies", ["", '"torch"'])
def test_a_release_that_is_not_known(index: World, tmp_path: Path, version: str, dependencies: str) -> None:
    with pytest.raises(NeveError, match=f"neve knows no CUDA {version}") as caught:
        lock(index, tmp_path, version, dependencies)
    assert "tool.neve.cuda.version" in (caught.value.where or "")
    assert not (tmp_path / "neve.lock").exists()
    _, near, _ = caught.value.fixes[0].split('"')
    assert table().releases[near].driver
    lock(index, tmp_path, near, dependencies)  # what is told does


def test_another_major_version_than_that_of_the_wheels(index: World, tmp_path: Path) -> None:
    with pytest.raises(NeveError, match=r"CUDA 12\.9 is asked for, and the environment is of CUDA 13\.2") as caught:
        lock(index, tmp_path, "12.9", '"torch"')
    assert "nvidia-cuda-runtime" in (caught.value.why or "")
    assert caught.value.fixes[0].startswith("take `version` out")
    assert not (tmp_path / "neve.lock").exists()
    # Locks that contradict it are no fresh ones, and are taken as they are where that is asked for.
    lock(index, tmp_path, "13.2", '"torch"')
    with pytest.raises(NeveError, match=r"CUDA 12\.9 is asked for"):
        lock(index, tmp_path, "12.9", '"torch"', check=True)
    assert lock_project(index.session(tmp_path, Options(frozen=True))).artefacts


def test_another_minor_version_is_told_once(index: World, tmp_path: Path) -> None:
    (note,) = lock(index, tmp_path, "13.0", '"torch"')
    assert note.startswith(
        "the image says CUDA 13.2, as nvidia-cuda-runtime of the locked packages does, and not the 13.0"
    )
    cuda = describe(index.session(tmp_path)).platforms["linux/amd64"].cuda
    assert cuda is not None
    assert (cuda.version, cuda.said_by) == ("13.2", "nvidia-cuda-runtime")
    assert lock(index, tmp_path, "13.2", '"torch"') == []
    assert lock(index, tmp_path, "13.0", '"torch"', check=True) == []


def test_where_packages_tell_the_major_version_alone_it_is_the_projects(index: World, tmp_path: Path) -> None:
    assert lock(index, tmp_path, "12.8", '"cupy-cuda12x"') == []
    with pytest.raises(NeveError, match=r"CUDA 13\.0 is asked for, and the environment is of CUDA 12"):
        lock(index, tmp_path, "13.0", '"cupy-cuda12x"')
