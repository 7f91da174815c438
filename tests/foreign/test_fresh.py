"""The digests in data/ are those that the tools themselves wrote, or compute of the pyproject.toml beside them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from shutil import copytree

import pytest

from neve.errors import NeveError
from neve.foreign.fresh import check_fresh
from neve.foreign.read import foreign_lock, read_lock_data, read_wishes_data
from tests.foreign.projects import DATA

KINDS = [
    ("poetry", "poetry-2.1"),
    ("poetry", "poetry-2.0"),
    ("pdm", "pdm-inherited"),
    ("pdm", "pdm-walked"),
    ("pipenv", "pipenv"),
]


def check(kind: str, directory: Path) -> None:
    locked = read_lock_data(kind, directory)
    check_fresh(kind, foreign_lock(kind, locked), read_wishes_data(kind, directory), locked)


@pytest.mark.parametrize(("kind", "name"), KINDS)
def test_a_lock_is_fresh_until_a_wish_changes(kind: str, name: str, tmp_path: Path) -> None:
    copytree(DATA / name, tmp_path, dirs_exist_ok=True)
    check(kind, tmp_path)
    file = tmp_path / ("Pipfile" if kind == "pipenv" else "pyproject.toml")
    text = file.read_text()
    file.write_text(text + "\n[tool.other]\nkey = 1\n" if kind != "pipenv" else text + "\n[scripts]\na = 'b'\n")
    check(kind, tmp_path)
    file.write_text(text.replace("requests", "requests2"))
    with pytest.raises(NeveError, match=r"\.lock is not fresh") as caught:
        check(kind, tmp_path)
    assert caught.value.fixes == (f"refresh it: `{kind} lock`",)


def test_poetry_2_counts_what_project_says(tmp_path: Path) -> None:
    # The digest is Poetry 2.5's own of this text.
    (tmp_path / "pyproject.toml").write_text(
        "[project]\nname = 'app'\nrequires-python = '>=3.11'\ndependencies = ['idna']\n"
        "[dependency-groups]\ndev = ['attrs']\n[tool.poetry]\npackage-mode = false\n"
    )
    lock = "[metadata]\nlock-version = '2.1'\ncontent-hash = '{}'\n"
    (tmp_path / "poetry.lock").write_text(
        lock.format("119d6b55a56b3b50d4069a49a90384430b21e180c7e1e433ee6135b65fe7882f")
    )
    check("poetry", tmp_path)
    (tmp_path / "poetry.lock").write_text(lock.format("0" * 64))
    with pytest.raises(NeveError, match="not fresh"):
        check("poetry", tmp_path)


@pytest.mark.parametrize("text", ["a = 2020-01-01", "a = nan", "dependencies = 3", "group = 7\nsource = 'x'"])
def test_what_cannot_be_compared_gives_no_traceback(text: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(f"project = 5\n[tool.poetry]\n{text}\n")
    (tmp_path / "poetry.lock").write_text("[metadata]\nlock-version='2.0'\ncontent-hash = 'x'\n")
    with suppress(NeveError):
        check("poetry", tmp_path)
