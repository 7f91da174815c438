"""A pylock as data and as text."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neve.errors import NeveError
from neve.python.pylock import moved, parse_pylock, pylock_text, without_project, without_secrets

VALUES = st.recursive(
    st.booleans() | st.integers(-(2**60), 2**60) | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.lists(
        st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), VALUES, max_size=3), max_size=3
    )
)
def test_text_says_what_the_data_is(packages: list[dict[str, Any]]) -> None:
    data = {"lock-version": "1.0", "packages": packages}
    assert tomllib.loads(pylock_text(data)) == data


@pytest.mark.parametrize(
    ("where", "fix"), [("pylock.toml", "the tool that made it"), ("pylock.neve.toml", "`neve lock`")]
)
def test_one_that_is_cut_short(where: str, fix: str) -> None:
    with pytest.raises(NeveError) as caught:
        parse_pylock('lock-version = "1.0"\n[[packages]]\nname = "le', where=where)
    assert (caught.value.where, caught.value.fixes[1]) == (f"{where}:3", f"or write it anew with {fix}")


def test_times_and_tables_of_tools_stay() -> None:
    text = '[[packages]]\nname = "a"\nsdist = { upload-time = 2024-01-02T03:04:05Z }\n[tool.x]\ny = 1\n'
    assert tomllib.loads(pylock_text(tomllib.loads(text))) == tomllib.loads(text)


@pytest.mark.parametrize("text", ["packages = 1", "packages = [1]", "packages = [", "a = " + "[" * 100_000])
def test_what_is_none(text: str) -> None:
    with pytest.raises(NeveError, match="not a valid pylock"):
        parse_pylock(text, where="pylock.toml")


def package(**parts: Any) -> dict[str, Any]:
    return {"packages": [{"name": "a", **parts}]}


@pytest.mark.parametrize(
    ("path", "gone"), [(".", True), ("./", True), ("x/..", True), ("..", False), ("lib", False), ("/", False)]
)
def test_the_project_is_no_package_of_its_own(path: str, gone: bool) -> None:
    assert (without_project(package(directory={"path": path}))["packages"] == []) is gone


@pytest.mark.parametrize(
    ("path", "seen"),
    [("..", "."), ("../lib", "lib"), ("../../b", "../b"), ("/p/lib", "lib"), ("/p", "."), ("/pq", "/pq")],
)
def test_paths_are_seen_from_the_project(path: str, seen: str) -> None:
    for key in ("directory", "archive", "sdist"):
        assert moved(package(**{key: {"path": path}}), ".neve", "/p") == package(**{key: {"path": seen}})
    assert moved(package(wheels=[{"path": path}]), ".neve", "/p") == package(wheels=[{"path": seen}])


def test_no_credentials_stay() -> None:
    url, bare = "https://u:p@h.example/a.whl", "https://h.example/a.whl"
    data = package(
        index=url, wheels=[{"url": url}], sdist={"url": url}, archive={"url": url}, vcs={"type": "git", "url": url}
    )
    text = pylock_text(without_secrets(data))
    assert "u:p" not in text
    assert text.count(bare) == 5
