from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.project.sources import must_stay_inside, source_files

KEPT = ("README.md", "app/__init__.py", "app/data.json", "pyproject.toml")
LEFT = (".venv/bin/python", "app/__pycache__/app.pyc", ".neve/state.json", "app/old.pyc")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in (*KEPT, *LEFT):
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "project"


def git(project: Path, *words: str) -> None:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    subprocess.run(["git", "-C", str(project), *words], check=True, capture_output=True)


def test_without_git_all_but_what_tools_made(project: Path) -> None:
    assert source_files(project) == KEPT


def test_links_are_files(project: Path) -> None:
    (project / "link").symlink_to("app")
    (project / "broken").symlink_to("nowhere")
    assert source_files(project) == tuple(sorted((*KEPT, "link", "broken")))


def test_with_git_what_it_would_track(project: Path) -> None:
    git(project, "init", "-q")
    (project / ".gitignore").write_text("README.md\n")
    assert source_files(project) == (".gitignore", *KEPT[1:])
    git(project, "add", "app/data.json", "pyproject.toml")
    (project / "app/data.json").unlink()
    assert source_files(project) == (".gitignore", "app/__init__.py", "pyproject.toml")


def test_in_a_folder_of_a_repository(project: Path) -> None:
    git(project.parent, "init", "-q")
    assert source_files(project) == KEPT


def test_names_that_git_quotes(project: Path) -> None:
    git(project, "init", "-q")
    (project / "späße und mehr.txt").touch()
    assert "späße und mehr.txt" in source_files(project)


@pytest.mark.parametrize("name", [b"a\nb", b"\xff"])
def test_names_that_no_expression_can_hold(project: Path, name: bytes) -> None:
    Path(bytes(project).decode(), name.decode("utf-8", "surrogateescape")).touch()
    with pytest.raises(NeveError, match="cannot be used"):
        source_files(project)
    git(project, "init", "-q")
    with pytest.raises(NeveError, match="cannot be used"):
        source_files(project)


def test_links_out_of_what_is_built_are_named_all_together(project: Path) -> None:
    inside = {"a": "app", "app/up": "../README.md", "broken": "nowhere", "loop": "loop", "chain": "app/up"}
    for name, target in inside.items():
        (project / name).symlink_to(target)
    must_stay_inside(project, source_files(project))
    (project / "app/deep").mkdir()
    # The last two lead out by way of another link: no part of them alone does.
    outside = {"etc": "/etc/passwd", "beside": "../x", "app/out": "../../x", "app/top": "../a/../../x"}
    outside |= {"app/deep/top": "../..", "by": "app/deep/top/../x"}
    for name, target in outside.items():
        (project / name).symlink_to(target)
    with pytest.raises(NeveError) as caught:
        must_stay_inside(project, source_files(project))
    named = {Path(str(error.where)).relative_to(project).as_posix() for error in caught.value.errors}
    assert named == outside.keys() - {"app/deep/top"}
    assert all("points to" in str(error.why) for error in caught.value.errors)
