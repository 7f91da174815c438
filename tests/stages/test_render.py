from __future__ import annotations

import os
from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.stages.render import write_tree
from tests.cases import CASES

TREE = CASES["packaged"].tree()


def read(directory: Path) -> dict[str, str]:
    return {str(path.relative_to(directory)): path.read_text() for path in directory.rglob("*") if path.is_file()}


def test_the_tree_is_written_once(tmp_path: Path) -> None:
    assert write_tree(TREE, tmp_path) == tuple(TREE)
    assert read(tmp_path) == TREE
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.nix")}
    assert write_tree(TREE, tmp_path) == ()
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.nix")} == times


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    write_tree(TREE, tmp_path)
    assert write_tree(TREE | {"nix/debian.nix": "{ }\n"}, tmp_path) == ("nix/debian.nix",)


def test_what_an_older_neve_left_in_the_library_goes(tmp_path: Path) -> None:
    write_tree(TREE, tmp_path)
    (tmp_path / "nix/lib/old.nix").touch()
    (tmp_path / "nix/mine.nix").touch()
    write_tree(TREE, tmp_path)
    assert not (tmp_path / "nix/lib/old.nix").exists()
    assert (tmp_path / "nix/mine.nix").exists()


@pytest.mark.parametrize("name", ["flake.nix", "nix/default.nix"])
def test_what_a_person_wrote_stays(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("{ mine = true; }\n")
    with pytest.raises(NeveError, match="neve did not write it") as caught:
        write_tree(TREE, tmp_path)
    assert caught.value.where == str(path)
    assert read(tmp_path) == {name: "{ mine = true; }\n"}


def test_an_earlier_rendering_is_replaced(tmp_path: Path) -> None:
    write_tree(CASES["full"].tree(), tmp_path)
    write_tree(TREE, tmp_path)
    assert read(tmp_path) == TREE


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_directory_that_is_read_only(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(NeveError, match="cannot"):
        write_tree(TREE, tmp_path)
    tmp_path.chmod(0o700)
