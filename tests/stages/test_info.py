from __future__ import annotations

import json
import platform
from pathlib import Path

import jsonschema
import pytest

from neve.cli.info import description_tables
from neve.stages.info import describe
from neve.stages.lock import lock_project
from tests.golden import ROOT
from tests.recorder import Recorder
from tests.world import World

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="the mirror on loopback has amd64 alone")


def test_the_plan_as_data(world: World, tmp_path: Path) -> None:
    sha256 = world.serve_wheel("lemon", "1.0")
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["lemon"]\n'
        '[tool.neve]\nsystem = ["tar"]\n[tool.neve.image]\nuser = "1000"\nports = [8000]\n'
    )
    found = describe(world.session(tmp_path))
    data = json.loads(found.model_dump_json())
    jsonschema.validate(data, json.loads((ROOT / "docs/reference/neve-info.schema.json").read_text("utf-8")))
    assert data["project"]["name"] == "app"
    assert data["python"]["request"] == ">=3.11"
    assert (found.release, found.python.version, found.digest) == ("trixie", "3.13.5", None)
    assert found.packages["system"] == ["tar"]
    (package,) = data["platforms"]["linux/amd64"]["environment"]
    assert package == {
        "name": "lemon",
        "version": "1.0",
        "kind": "wheel",
        "file": "lemon-1.0-py3-none-any.whl",
        "sha256": sha256,
        "size": package["size"],
    }
    names = [layer.name for layer in found.layers]
    assert names[:4] == ["base", "python", "system", "environment"]
    assert names[-2:] == ["app", "settings"]
    assert found.image.user == "1000:1000"

    titles = [title for title, _, _ in description_tables(found)]
    assert titles == ["plan", "components", "system packages", "Python packages", "layers, bottom to top"]
    assert all(len(row) == len(columns) for _, columns, rows in description_tables(found) for row in rows)


def test_it_warns_of_nothing_that_lock_and_build_warn_of(world: World, tmp_path: Path) -> None:
    world.serve_wheel("nvidia-cuda-runtime-cu12", "12.8.90")
    world.serve_wheel("torch", "2.9.1", requires=("nvidia-cuda-runtime-cu12==12.8.90",))
    project = '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["torch"]\n'
    for config, told in {
        "": "nothing in the project asks for GPUs",
        "[tool.neve]\ncuda = false\n": "tool.neve.cuda is false",
        '[tool.neve.cuda]\narchitectures = ["8.0"]\n': "architectures has no effect",
    }.items():
        (tmp_path / "pyproject.toml").write_text(project + config)
        info, lock = Recorder(), Recorder()
        describe(world.session(tmp_path, progress=info))
        lock_project(world.session(tmp_path, progress=lock))
        assert any(told in note for note in lock.notes)
        assert info.notes == []


def test_a_directory_has_the_version_that_it_says(world: World, tmp_path: Path) -> None:
    world.serve_wheel("flit-core", "3.12.0")
    for name, version in (("said", 'version = "1.5"'), ("open", 'dynamic = ["version"]')):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pyproject.toml").write_text(
            f'[project]\nname = "{name}"\n{version}\n'
            '[build-system]\nrequires = ["flit_core"]\nbuild-backend = "flit_core.buildapi"\n'
        )
    (tmp_path / "pylock.toml").write_text(
        'lock-version = "1.0"\ncreated-by = "hand"\n'
        '[[packages]]\nname = "open"\ndirectory = { path = "open" }\n'
        '[[packages]]\nname = "said"\ndirectory = { path = "said" }\n'
    )
    found = describe(world.session(tmp_path))
    versions = {each.name: each.version for each in found.platforms["linux/amd64"].environment}
    assert versions == {"open": None, "said": "1.5"}
