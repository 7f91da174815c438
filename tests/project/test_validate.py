from __future__ import annotations

from typing import Any

import pytest

from neve.bases.nixpkgs.releases import find_release
from neve.cuda.table import settled, table
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
        ({"cuda": {"version": 13.2}}, 'it must be text in quotes: "…"'),
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


def test_the_remedy_says_what_the_key_is_for() -> None:
    wrong = {"build": {"system": ["x", 1]}, "system": ["x", 1], "image": 3, "caches": {"hf": {"path": 1}}}
    errors = problem(wrong).errors
    told = {error.where: error.fixes[-1] for error in errors}
    assert told == {
        "pyproject.toml, tool.neve.build.system[1]": "`system` is for: packages of the base to build with: compilers,"
        " headers; the image does not hold them",
        "pyproject.toml, tool.neve.system[1]": "`system` is for: packages of the base to add",
        "pyproject.toml, tool.neve.image": "`image` is for: how the image is named and how it starts",
        "pyproject.toml, tool.neve.caches.hf.path": "`path` is for: where the cache is mounted",
    }
    assert "docs/" not in "".join(told.values())  # which nobody has who installed neve


@pytest.mark.parametrize(("key", "near"), [("toolkits", "toolkit"), ("arch", "architectures")])
def test_an_unknown_key_of_a_table_that_may_be_false(key: str, near: str) -> None:
    error = problem({"cuda": {key: ["nvcc"]}})
    assert error.where == f"pyproject.toml, tool.neve.cuda.{key}"
    assert error.fixes[-1] == "known keys: architectures, compat, toolkit, version"
    assert error.fixes[0] == f"did you mean {near!r}?"


@pytest.mark.parametrize(
    ("cuda", "written"),
    [
        ({"version": "13"}, settled(table().releases)[-1]),
        ({"version": 13}, settled(table().releases)[-1]),
        ({"version": "12", "toolkit": ["nvcc"]}, "12.4"),
        ({"version": "13.2.1"}, "13.2"),
        ({"version": "cu128"}, "12.8"),
        ({"version": 13.2}, "13.2"),
        ({"version": "99"}, None),
        ({"architectures": ["sm_80"]}, "8.0"),
        ({"architectures": ["80"]}, "8.0"),
        ({"architectures": [80]}, "8.0"),
        ({"architectures": ["12"]}, "12.0"),
        ({"architectures": ["compute_100"]}, "10.0+PTX"),
        ({"architectures": ["lto_100"]}, "10.0"),
        ({"architectures": ["sm_90a"]}, "9.0a"),
        ({"architectures": ["8.0+ptx"]}, "8.0+PTX"),
        ({"architectures": ["sm_999"]}, None),
    ],
)
def test_what_was_meant_by_another_spelling(cuda: dict[str, Any], written: str | None) -> None:
    fixes = [fix for fix in problem({"cuda": cuda}).fixes if not fix.startswith("`")]
    assert len(fixes) == (written is not None)
    assert not fixes or f'"{written}"' in fixes[0]


def test_the_version_that_was_meant_is_one_of_the_base() -> None:
    fixes = problem({"base": "nixpkgs", "release": "25.05", "cuda": {"version": "12"}}).fixes
    assert f'"{find_release("25.05").cudas[-1]}"' in fixes[0]


@pytest.mark.parametrize(
    ("architectures", "number", "why"),
    [
        (["8.0", "9.0", "8.0"], 2, "'8.0' is there already"),
        (["8.0", "8.0+PTX"], 0, "'8.0+PTX' holds what '8.0' is"),
        (["9.0+PTX", "8.0", "9.0"], 2, "'9.0+PTX' holds what '9.0' is"),
    ],
)
def test_no_architecture_twice(architectures: list[str], number: int, why: str) -> None:
    error = problem({"cuda": {"architectures": architectures}})
    assert (error.where, error.why) == (f"pyproject.toml, tool.neve.cuda.architectures[{number}]", why)
    assert error.fixes[0] == "take it out"
