"""Groups that include groups (PEP 735, Poetry 2.2)."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from typing import Any

import pytest

from neve.errors import NeveError
from neve.foreign.package import Wishes
from neve.foreign.pdm_project import pdm_wishes
from neve.foreign.poetry_project import poetry_wishes


@pytest.mark.parametrize(
    ("read", "text", "where", "circle"),
    [
        (
            pdm_wishes,
            "dependency-groups = {one = ['d', {include-group = 'Two'}], two = [{include-group = 'one'}]}",
            "dependency-groups",
            {"'one' -> 'two' -> 'one'", "'two' -> 'one' -> 'two'"},
        ),
        (pdm_wishes, "dependency-groups.a = [{include-group = 'A'}]", "dependency-groups", {"'a' -> 'a'"}),
        (
            pdm_wishes,
            "tool.pdm.dev-dependencies = {b = [{include-group = 'b'}]}",
            "tool.pdm.dev-dependencies",
            {"'b' -> 'b'"},
        ),
        (poetry_wishes, "tool.poetry.group.x.include-groups = ['x']", "tool.poetry.group", {"'x' -> 'x'"}),
        (
            poetry_wishes,
            "tool.poetry.group = {x.include-groups = ['y'], y.include-groups = ['x']}",
            "tool.poetry.group",
            {"'x' -> 'y' -> 'x'", "'y' -> 'x' -> 'y'"},
        ),
    ],
)
def test_groups_that_include_themselves(
    read: Callable[[dict[str, Any]], Wishes], text: str, where: str, circle: set[str]
) -> None:
    with pytest.raises(NeveError, match="groups include one another in a circle") as caught:
        read(tomllib.loads(f"project.name = 'app'\n{text}"))
    assert caught.value.where == f"pyproject.toml, {where}"
    assert caught.value.why in circle


def test_groups_are_expanded_once_and_to_an_end() -> None:
    def groups(count: int, **last: list[object]) -> Wishes:
        chain = {f"g{n}": [{"include-group": f"g{n + 1}"}] * 2 for n in range(count)}
        return pdm_wishes({"project": {"name": "app"}, "dependency-groups": {**chain, f"g{count}": ["d"], **last}})

    found = groups(2000, all=["e", {"include-group": "g0"}, {"include-group": "g1999"}])
    assert [wish.dependency.name for wish in found.wishes if wish.group == "all"] == ["e", "d"]
    assert len(found.wishes) == 2001 + 2
    with pytest.raises(NeveError, match="more than neve reads"):
        groups(10_000)
    with pytest.raises(NeveError, match="no group 'nosuch'") as caught:
        groups(3, all=[{"include-group": "g0"}], other=[{"include-group": "nosuch"}])
    assert caught.value.where == "pyproject.toml, dependency-groups.other[0]"
