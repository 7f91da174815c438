from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet

from neve.foreign.constraint import pep440, poetry
from tests.foreign.projects import environment


# What Poetry's documentation says of each.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("^1.2.3", ">=1.2.3,<2"),
        ("^1.2", ">=1.2,<2"),
        ("^1", ">=1,<2"),
        ("^0.2.3", ">=0.2.3,<0.3"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
        ("^0.0", ">=0.0,<0.1"),
        ("^0", ">=0,<1"),
        ("~1.2.3", ">=1.2.3,<1.3"),
        ("~1.2", ">=1.2,<1.3"),
        ("~1", ">=1,<2"),
        ("~=1", ">=1,<2"),
        ("~=1.2.3", "~=1.2.3"),
        ("1.2.3", "==1.2.3"),
        ("= 1.2", "==1.2"),
        ("1.2.*", "==1.2.*"),
        ("!=1.2.*", "!=1.2.*"),
        (">= 1.2, < 2", ">=1.2,<2"),
        (">=1.2 <2", ">=1.2,<2"),
        ("1!2.0", "==1!2.0"),
        ("^1!2.3", ">=1!2.3,<1!3"),
        ("*", ""),
        ("2.0.1+cpu", "==2.0.1+cpu"),
    ],
)
def test_poetrys_syntax_in_that_of_pep_440(text: str, expected: str) -> None:
    assert SpecifierSet(poetry(text).specifier()) == SpecifierSet(expected)


@pytest.mark.parametrize("text", ["", "||", "^", "foo", ">=1,,<2", "^1;x", "1 ||", ">x", "!=*", "(", "1" * 5000, "^^1"])
def test_what_is_no_constraint_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        poetry(text)


def test_one_of_several_alternatives_is_enough() -> None:
    constraint = poetry("<1.5 || ^2.1 | 3.0.0")
    assert [version in constraint for version in ("1.4", "1.5", "2.0", "2.9", "3.0", "3.1")] == [1, 0, 0, 1, 1, 0]
    with pytest.raises(ValueError, match="alternatives"):
        constraint.specifier()


def test_a_locked_pre_release_counts() -> None:
    assert "2.0b1" in poetry(">=1.0")
    assert "2.0b1" in pep440(">=1.0")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("^3.11", "<4,>=3.11"),
        ("*", ""),
        ("~2.7 || ^3.10", "<4,>=3.10"),
        ("~3.9 || ~3.11", ">=3.9,!=3.10.*,<3.12"),
        (">=3.9 <3.11 || >=3.12", ">=3.9,!=3.11.*"),
    ],
)
def test_a_request_for_python_is_one_specifier(text: str, expected: str) -> None:
    assert poetry(text).python_specifier() == expected


@pytest.mark.parametrize("text", ["~2.7", "~2.7 || ~2.6"])
def test_a_request_for_another_python_is_none_for_three(text: str) -> None:
    try:
        assert "3.13.0" not in SpecifierSet(poetry(text).python_specifier())
    except ValueError:
        assert "||" in text


# What poetry-core 2.5 makes of a dependency's `python`, asked of it once: which of these it holds for.
PYTHONS = ("2.7.18", "3.10.5", "3.11.0", "3.11.2", "3.11.4", "3.12.0", "3.13.5", "4.0.1")


@pytest.mark.parametrize(
    ("texts", "holds"),
    [
        # of one part
        ("<3 <3.0 <3.* ~2 ~=2 ^2 ~=2.7 ~2.7 ^2.7 2.7 2.7.* 2.*", "10000000"),
        ("<=3 <=3.0 <=3.* <=3.0.0", "10000000"),
        (">=3 >3 >3.0 >=3.0 >=3.* >3.0.0", "01111111"),
        ("^3 ~3 ~=3 ~=3.0 ^3.0 3.* ==3.*", "01111110"),
        ("!=3 !=3.0 !=3.0.0", "11111111"),
        ("!=3.*", "10000001"),
        ("3 ==3 =3 3.0 ==3.0", "00000000"),
        # of two
        ("<3.11 <3.11.0 <3.11.*", "11000000"),
        ("<=3.11 <=3.11.0 <=3.11.*", "11100000"),
        (">3.11 >3.11.0 >3.11.*", "00011111"),
        (">=3.11 >=3.11.0 >=3.11.*", "00111111"),
        ("3.11 =3.11 ==3.11 3.11.* =3.11.* ==3.11.* ~3.11 ~3.11.0 ~=3.11.0", "00111000"),
        ("!=3.11 !=3.11.0", "11011111"),
        ("!=3.11.*", "11000111"),
        ("^3.11 ^3.11.0 ~=3.11", "00111110"),
        # of three and four
        ("<3.11.2 <3.11.2.0", "11100000"),
        ("<=3.11.2 <=3.11.2.0", "11110000"),
        (">3.11.2 >3.11.2.0", "00001111"),
        (">=3.11.2 >=3.11.2.0", "00011111"),
        ("3.11.2 =3.11.2 ==3.11.2 3.11.2.0 3.11.2.* ~3.11.2.0,<3.11.3 ~=3.11.2.0", "00010000"),
        ("!=3.11.2 !=3.11.2.0 !=3.11.2.*", "11101111"),
        ("^3.11.2", "00011110"),
        ("~3.11.2 ~=3.11.2", "00011000"),
        # of several
        ("<=3.11||>3.13", "11100011"),
        (">3.11,<3.13", "00011100"),
        (">3.11,<=3.12", "00011100"),
        (">=3.10,<3.12,!=3.11.2", "01101000"),
        ("~3.11||>3.12", "00111011"),
    ],
)
def test_a_constraint_of_python_as_a_marker(texts: str, holds: str) -> None:
    for text in texts.split():
        marker = Marker(poetry(text).python_marker())
        found = "".join(str(int(marker.evaluate(environment(python)))) for python in PYTHONS)
        assert (text, found) == (text, holds)


versions = st.lists(st.integers(0, 30), min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts)))


@settings(deadline=None)
@given(versions, versions)
def test_a_caret_keeps_the_first_part_that_is_not_zero(base: str, other: str) -> None:
    parts = [*map(int, base.split("."))]
    place = next((index for index, part in enumerate(parts) if part), len(parts) - 1)
    one, two = ([*map(int, text.split(".")), 0, 0, 0, 0][:4] for text in (base, other))
    assert (other in poetry(f"^{base}")) == (two[: place + 1] == one[: place + 1] and two >= one)


@settings(deadline=None)
@given(st.text(alphabet="0123456789.*xX^~=!<>|, ab+!-", max_size=40))
def test_any_text_is_a_constraint_or_refused(text: str) -> None:
    try:
        found = poetry(text)
    except ValueError:
        return
    for each in found.alternatives:
        SpecifierSet(each)
    assert isinstance("1.0" in found, bool)
    if marker := found.python_marker():
        Marker(marker)
