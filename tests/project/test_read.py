from __future__ import annotations

import os
from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.project.read import read_project, read_text


def test_a_project(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "app"\n')
    (tmp_path / ".python-version").write_text("3.11\n")
    project = read_project(tmp_path)
    assert (project.name, project.python.version) == ("app", "3.11")


def test_no_directory(tmp_path: Path) -> None:
    with pytest.raises(NeveError, match="no such directory"):
        read_project(tmp_path / "none")


def test_no_project(tmp_path: Path) -> None:
    with pytest.raises(NeveError, match="no project here") as caught:
        read_project(tmp_path)
    assert caught.value.where == str(tmp_path)
    assert "neve init" in "\n".join(caught.value.fixes)


def test_a_directory_in_the_place_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").mkdir()
    with pytest.raises(NeveError, match="cannot read"):
        read_project(tmp_path)


def test_text_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(NeveError, match="not UTF-8") as caught:
        read_text(path)
    assert caught.value.where == str(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.touch(mode=0o000)
    with pytest.raises(NeveError, match="cannot read"):
        read_text(path)
