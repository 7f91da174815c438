from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from neve.errors import NeveError
from neve.render.quote import comment, nix

# What Nix can hold: any text but NUL and lone surrogates. The awkward ones come often.
AWKWARD = [
    "${",
    "$",
    "$$",
    "\\",
    '"',
    "''",
    "${x}",
    "$${x}",
    "\\${x}",
    "\n",
    "\r",
    "\r\n",
    "\t",
    "#",
    "/*",
    "\x01",
    "❄",
]
texts = st.lists(
    st.one_of(st.sampled_from(AWKWARD), st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"))),
    max_size=6,
).map("".join)
scalars = st.none() | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | texts
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=8
)


@pytest.mark.parametrize(
    ("value", "expression"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-1, "(-1)"),
        ("", '""'),
        ("${x}", '"\\${x}"'),
        ('a"b\\c', '"a\\"b\\\\c"'),
        ("a\nb\tc\r", '"a\\nb\\tc\\r"'),
        ([], "[ ]"),
        ({}, "{ }"),
        ((1, "a"), '[ 1 "a" ]'),
        ({"a b": {"${x}": []}}, '{ "a b" = { "\\${x}" = [ ]; }; }'),
        ({"a": 1, "b-c": 2, "rec": 3, "1": 4, "é": 5}, '{ a = 1; b-c = 2; "rec" = 3; "1" = 4; "é" = 5; }'),
    ],
)
def test_expressions(value: Any, expression: str) -> None:
    assert nix(value) == expression


@pytest.mark.parametrize("value", ["\0", "a\0b", "\ud800", ["\0"], {"\0": 1}, {"a": "\udc80"}])
def test_what_nix_cannot_hold(value: Any) -> None:
    with pytest.raises(NeveError):
        nix(value)


@pytest.mark.parametrize("value", [2**63, -(2**63)])
def test_numbers_that_nix_cannot_hold(value: int) -> None:
    with pytest.raises(NeveError, match="64"):
        nix(value)


@pytest.mark.parametrize("value", [b"x", bytearray(), 1.5, object(), {1, 2}, {1: "x"}])
def test_types_that_have_no_form_in_nix(value: Any) -> None:
    with pytest.raises(TypeError):
        nix(value)


@given(values)
def test_an_expression_is_one_line(value: Any) -> None:
    assert "\n" not in nix(value)
    assert "\r" not in nix(value)


def test_several_items_have_a_line_each() -> None:
    assert (
        nix({"a": [1, 2], "b": {"c": ["d"]}, "e": []}, 2)
        == """{
    a = [
      1
      2
    ];
    b = {
      c = [ "d" ];
    };
    e = [ ];
  }"""
    )
    assert nix([[1, 2]], 0) == "[\n  [\n    1\n    2\n  ]\n]"


@given(values, st.integers(0, 8))
def test_lines_say_the_same(value: Any, indent: int) -> None:
    assert " ".join(line.strip() for line in nix(value, indent).split("\n")) == nix(value)


@given(texts)
def test_nothing_is_interpolated(text: str) -> None:
    bare = nix(text).replace("\\\\", "").replace("\\$", "").replace('\\"', "")
    assert "$" not in bare
    assert bare.count('"') == 2


# One call of Nix for many values: starting it takes longer than reading them.
@settings(max_examples=5, deadline=None, suppress_health_check=[*HealthCheck])
@given(batch=st.lists(values, min_size=40, max_size=60))
def test_nix_reads_back_what_was_meant(
    batch: list[Any], nix_instantiate: Callable[[Sequence[str]], str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    read_back(batch, nix_instantiate, tmp_path_factory.mktemp("quote"))


def test_nix_reads_back_the_awkward(nix_instantiate: Callable[[Sequence[str]], str], tmp_path: Path) -> None:
    pairs = [one + other for one in AWKWARD for other in AWKWARD]
    extremes = [2**63 - 1, 1 - 2**63, -1, 0]
    read_back([pairs, {pair: pair for pair in pairs}, extremes, [[], {}, None, True]], nix_instantiate, tmp_path)


def read_back(batch: list[Any], nix_instantiate: Callable[[Sequence[str]], str], folder: Path) -> None:
    file = folder / "values.nix"
    file.write_bytes(nix(batch).encode())
    assert json.loads(nix_instantiate(["--eval", "--strict", "--json", str(file)])) == batch


@given(st.text())
def test_a_comment_is_one_line(text: str) -> None:
    said = comment(text)
    assert said.splitlines() in ([said], [])
    assert said.isprintable()
