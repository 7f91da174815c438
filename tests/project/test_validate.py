from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from neve.errors import ManyErrors, NeveError
from neve.project.config import Config
from neve.project.validate import validated


def problem(data: dict[str, Any]) -> NeveError:
    with pytest.raises(NeveError) as caught:
        validated(Config, data, where="pyproject.toml", prefix="tool.neve")
    return caught.value


def test_valid_data_becomes_the_model() -> None:
    assert validated(Config, {"python": "3.13"}, where="pyproject.toml").python == "3.13"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"image": {"entrypoint": "app serve"}}, 'it must be a list: ["…", "…"]'),
        ({"image": {"env": "A=B"}}, "it must be a table: { KEY = … }"),
    ],
)
def test_a_wrong_type_is_told_in_words_of_toml(data: dict[str, Any], why: str) -> None:
    assert problem(data).why == why


@pytest.mark.parametrize(
    ("data", "where", "near"),
    [
        ({"sytem": ["x"]}, "pyproject.toml, tool.neve.sytem", "system"),
        ({"image": {"entripoint": ["x"]}}, "pyproject.toml, tool.neve.image.entripoint", "entrypoint"),
        ({"image": {"max_layer": 20}}, "pyproject.toml, tool.neve.image.max_layer", "max-layers"),
        ({"caches": {"hf": {"path": "/c", "sise": "1Gi"}}}, "pyproject.toml, tool.neve.caches.hf.sise", "size"),
        ({"caches": {"path": {"path": "/c", "sise": "1Gi"}}}, "pyproject.toml, tool.neve.caches.path.sise", "size"),
    ],
)
def test_an_unknown_key_comes_with_the_nearest(data: dict[str, Any], where: str, near: str) -> None:
    error = problem(data)
    assert error.where == where
    assert error.what.startswith("unknown key")
    assert error.fixes[0] == f"did you mean {near!r}?"
    assert near in error.fixes[-1]


@pytest.mark.parametrize(("base", "near"), [("nix", "nixpkgs"), ("Debian", "debian"), ("alpine", None)])
def test_a_word_out_of_a_few(base: str, near: str | None) -> None:
    error = problem({"base": base})
    assert (error.what, error.where) == (f"{base!r} is not known here", "pyproject.toml, tool.neve.base")
    assert error.fixes == (*([f"did you mean {near!r}?"] if near else []), "use one of: debian, nixpkgs")


def test_a_key_like_no_other_comes_with_all() -> None:
    error = problem({"zzzz": 1})
    assert error.fixes == (
        "known keys: base, build, caches, cuda, extras, groups, image, interpreter, mirror, nixpkgs, platforms,"
        " project, python, release, system",
    )


def test_a_place_in_a_list() -> None:
    error = problem({"system": ["ok", "NOT OK"]})
    assert error.where == "pyproject.toml, tool.neve.system[1]"
    assert "'NOT OK' is not the name of a package" in (error.why or "")


def test_all_problems_are_shown_together() -> None:
    error = problem({"sytem": [], "python": "2", "image": {"ports": [0], "tag": " "}})
    assert isinstance(error, ManyErrors)
    assert len(error.errors) == 4
    assert error.code == 1


def test_the_remedy_names_a_heading_of_the_reference() -> None:
    headings = {
        line.lstrip("# ").replace("`", "")
        for line in (Path(__file__).parents[2] / "docs/reference/configuration.md").read_text().splitlines()
        if line.startswith("#")
    }
    wrong = {"build": {"system": ["x", 1]}, "system": ["x", 1], "image": 3}
    with pytest.raises(NeveError) as caught:
        validated(Config, wrong, where="pyproject.toml", prefix="tool.neve")
    named = {fix.rpartition("configuration.md, ")[2] for error in caught.value.errors for fix in error.fixes[-1:]}
    assert named <= headings
    assert {"[tool.neve.build]", "system", "[tool.neve.image]"} <= named
