from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neve.errors import NeveError
from neve.lock.model import BuildLock, Lock
from neve.lock.text import lock_text, read_lock
from tests.projects import a_lock, digest
from tests.python.sdists import a_sdist_pin

LOCK = a_lock(system=("ffmpeg",), build=("hatchling", "pluggy")).model_copy(
    update={"sizes": {digest("b"): 2, digest("a"): 1}}
)


WITH_SDISTS = LOCK.model_copy(
    update={"sdists": (a_sdist_pin("old", build=("cython", "setuptools")), a_sdist_pin("older", build=()))}
)


@pytest.mark.parametrize("lock", [LOCK, a_lock(), WITH_SDISTS])
def test_what_is_written_is_read(lock: Lock) -> None:
    assert read_lock(lock_text(lock)) == lock


def test_the_same_lock_is_the_same_text() -> None:
    text = lock_text(LOCK)
    assert lock_text(read_lock(text)) == text
    reversed_sizes = LOCK.model_copy(update={"sizes": dict(reversed(LOCK.sizes.items()))})
    assert lock_text(reversed_sizes) == text


def test_one_line_a_pin() -> None:
    lines = lock_text(LOCK).splitlines()
    assert lines[0].startswith("# Written by `neve lock`")
    (line,) = [line for line in lines if '"ffmpeg"' in line]
    assert line.startswith("  { name = ")
    assert digest("ffmpeg 7:7.1-1") in line


def test_a_source_distribution_is_a_table_and_its_wheels_a_line_each() -> None:
    data = tomllib.loads(lock_text(WITH_SDISTS))
    assert list(data) == ["version", "inputs", "base", "tools", "build", "sdists", "sizes"]
    assert [sdist["name"] for sdist in data["sdists"]] == ["old", "older"]
    (line,) = [line for line in lock_text(WITH_SDISTS).splitlines() if '"cython"' in line and "{" in line]
    assert line.startswith('  { name = "cython"')


@given(st.lists(st.text(st.characters(blacklist_categories=["Cs"]))))
def test_any_text_survives(requires: list[str]) -> None:
    lock = a_lock().model_copy(update={"build": BuildLock(requires=tuple(requires))})
    assert read_lock(lock_text(lock)) == lock


def test_a_newer_format() -> None:
    with pytest.raises(NeveError, match="format 2; this neve reads 1") as caught:
        read_lock(lock_text(LOCK).replace("version = 1\n", "version = 2\n"))
    assert caught.value.where == "neve.lock, version"
    assert "upgrade neve" in caught.value.fixes


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("version = 1", "version = [", "neve.lock"),
        ("version = 1", 'version = "1"', "version"),
        ('release = "trixie"', 'release = "../x"', "base.release"),
        ('release = "trixie"', 'relaese = "trixie"', "did you mean 'release'?"),
        ("[tools]", "[toools]", "toools"),
        (f'inputs = "{digest("")}"', "", "inputs"),
        ('"https://deb.example/debian"', '"https://u:p@deb.example/debian"', "base.main"),
    ],
)
def test_a_lock_that_is_not_valid(old: str, new: str, why: str) -> None:
    text = lock_text(LOCK)
    assert old in text
    with pytest.raises(NeveError) as caught:
        read_lock(text.replace(old, new, 1))
    assert why in str(caught.value)
    assert caught.value.fixes


@pytest.mark.parametrize("text", ["", "<<<<<<< HEAD\n", "version = 1\n"])
def test_what_is_no_lock(text: str) -> None:
    with pytest.raises(NeveError):
        read_lock(text)


def test_it_is_toml() -> None:
    data = tomllib.loads(lock_text(LOCK))
    assert list(data) == ["version", "inputs", "base", "tools", "build", "sizes"]
    assert [pin["name"] for pin in data["base"]["packages"]["system"]] == ["ffmpeg"]
