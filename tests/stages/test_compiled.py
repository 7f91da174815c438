"""What was compiled without the architectures that the project asks for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from neve.stages.compiled import note_left_out
from tests.cuda.fatbins import fatbin
from tests.image.layouts import layout
from tests.libraries.elves import elf
from tests.recorder import Recorder
from tests.world import World

_PYPROJECT = """\
[project]
name = "app"
version = "1"
requires-python = ">=3.11"
[tool.neve.cuda]
version = "13.2"
toolkit = ["{toolkit}"]
architectures = {architectures}
"""


def _notes(
    world: World, directory: Path, asked: str, layers: Mapping[str, tuple[str, ...]], toolkit: str = "nvcc"
) -> list[str]:
    """What is said of an image whose layers have a file each, with code for these architectures."""
    directory.mkdir()
    (directory / "pyproject.toml").write_text(_PYPROJECT.format(architectures=asked, toolkit=toolkit))
    (directory / "app.py").touch()
    trees = [{f"opt/{name}.so": elf(code=fatbin(*codes))} for name, codes in layers.items()]
    history = [{"created_by": f"neve: {name}"} for name in layers]
    image = layout(directory / "image", trees, document={"history": history})
    recorder = Recorder()
    note_left_out(world.session(directory, progress=recorder), image)
    return recorder.notes


def test_of_compiled_layers_alone(world: World, tmp_path: Path) -> None:
    """Wheels that others compiled are for what they are for."""
    layers = {"wheels-1": ("sm_50",), "sources": ("sm_80",), "local": ("sm_80", "sm_90"), "app": ("sm_75",)}
    notes = _notes(world, tmp_path / "p", '["8.0", "9.0"]', layers)
    assert [note.partition(" asks")[0] for note in notes] == [
        "opt/app.so has code for GPUs of compute capability 7.5 and none for 8.0, 9.0, for which"
        " tool.neve.cuda.architectures",
        "opt/sources.so has code for GPUs of compute capability 8.0 and none for 9.0, for which"
        " tool.neve.cuda.architectures",
    ]


def test_architectures_that_have_no_effect_are_not_measured_against(world: World, tmp_path: Path) -> None:
    assert _notes(world, tmp_path / "p", '["8.0"]', {"app": ("sm_75",)}, toolkit="cublas") == []


@pytest.mark.parametrize(
    ("asked", "codes", "lacking"),
    [
        ('["8.0", "9.0+PTX"]', ("sm_80", "sm_90", "compute_90"), None),
        ('["8.0", "9.0+PTX"]', ("sm_80", "sm_90"), "9.0+PTX"),
        ('["8.6"]', ("sm_80",), None),  # of the same major version: it runs
        ('["8.0"]', ("sm_86",), "8.0"),
        ('["9.0"]', ("compute_80",), None),  # the driver compiles it
        ('["9.0a"]', ("sm_90",), "9.0a"),
        ('["9.0a"]', ("sm_90a",), None),
        ("[]", ("sm_50",), None),
    ],
)
def test_what_is_lacking(world: World, tmp_path: Path, asked: str, codes: tuple[str, ...], lacking: str | None) -> None:
    notes = _notes(world, tmp_path / "p", asked, {"app": codes})
    assert len(notes) == (lacking is not None)
    assert all(f" and none for {lacking}, for which" in note for note in notes)
