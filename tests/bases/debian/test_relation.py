from __future__ import annotations

import pytest

from neve.bases.debian.relation import Relation, parse_relations
from neve.errors import NeveError


def test_groups_and_alternatives() -> None:
    assert parse_relations("libc6 (>= 2.38), debconf (>= 0.5) | debconf-2.0, python3:any", "amd64") == (
        (Relation("libc6", None, ">=", "2.38"),),
        (Relation("debconf", None, ">=", "0.5"), Relation("debconf-2.0")),
        (Relation("python3", "any"),),
    )


def test_what_is_for_other_architectures_is_left_out() -> None:
    text = "a [amd64], b [arm64], c [!amd64] | d, e [linux-any], f [!arm64 !i386] <!nocheck>, g [any-amd64]"
    names = [[relation.name for relation in group] for group in parse_relations(text, "amd64")]
    assert names == [["a"], ["d"], ["e"], ["f"], ["g"]]


def test_spaces_and_obsolete_signs() -> None:
    assert parse_relations(" a(<1) ,b ( > 2 ),, ", "amd64") == (
        (Relation("a", None, "<=", "1"),),
        (Relation("b", None, ">=", "2"),),
    )


@pytest.mark.parametrize(
    ("qualifier", "fine"), [(None, True), ("any", True), ("native", True), ("amd64", True), ("arm64", False)]
)
def test_qualifiers(qualifier: str | None, fine: bool) -> None:
    assert Relation("a", qualifier).applies_to("amd64") is fine


def test_it_is_shown_as_it_is_written() -> None:
    text = "a:any (>= 1:2~rc1)"
    assert str(parse_relations(text, "amd64")[0][0]) == text


@pytest.mark.parametrize("text", ["a b", "(>= 1)", "a (1)", "$(rm)", "a |"])
def test_what_is_no_relation(text: str) -> None:
    with pytest.raises(NeveError):
        parse_relations(text, "amd64")
