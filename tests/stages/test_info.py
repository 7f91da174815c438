from __future__ import annotations

import json
import platform
from pathlib import Path

import pytest

from neve.cli.info import description_tables
from neve.stages.info import describe
from tests.world import World

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="the mirror on loopback has amd64 alone")


def test_the_plan_as_data(world: World, tmp_path: Path) -> None:
    world.serve_wheel("lemon", "1.0")
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["lemon"]\n'
        '[tool.neve]\nsystem = ["tar"]\n[tool.neve.image]\nuser = "1000"\nports = [8000]\n'
    )
    found = describe(world.session(tmp_path))
    assert json.loads(json.dumps(found)) == found
    assert found["project"]["name"] == "app"
    assert (found["release"], found["python"], found["digest"]) == ("trixie", "3.13.5", None)
    assert found["packages"]["system"] == ["tar"]
    assert [wheel["name"] for wheel in found["environment"]] == ["lemon"]
    names = [layer["name"] for layer in found["layers"]]
    assert names[:4] == ["base", "python", "system", "environment"]
    assert names[-2:] == ["app", "settings"]
    assert found["image"]["user"] == "1000:1000"

    titles = [title for title, _, _ in description_tables(found)]
    assert titles == ["plan", "components", "system packages", "Python packages", "layers, bottom to top"]
    assert all(len(row) == len(columns) for _, columns, rows in description_tables(found) for row in rows)
