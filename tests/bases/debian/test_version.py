from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neve.bases.debian.version import compare, is_version, satisfies, version_key

UPSTREAM = st.text("09aZ.+~", min_size=1, max_size=8)
VERSIONS = st.builds(
    lambda epoch, upstream, revision: f"{epoch}{upstream}{revision}",
    st.sampled_from(["", "0:", "1:", "10:"]),
    UPSTREAM.map(lambda text: "1" + text),
    st.one_of(st.just(""), UPSTREAM.map(lambda text: "-" + text)),
)

ORDERED = [
    "1.0~~",
    "1.0~~a",
    "1.0~",
    "1.0~rc1",
    "1.0",
    "1.0-1",
    "1.0-1+b1",
    "1.0-1+deb13u1",
    "1.0-2",
    "1.0-10",
    "1.0a",
    "1.0+dfsg",
    "1.0.1",
    "1.9",
    "1.10",
    "2~",
    "2",
    "1:0.1",
    "2:0",
    "10:0",
]


def test_the_order_of_the_policy() -> None:
    for number, version in enumerate(ORDERED):
        for other in ORDERED[number + 1 :]:
            assert compare(version, other) == -1, (version, other)
            assert compare(other, version) == 1, (other, version)


@pytest.mark.parametrize(
    ("left", "right"),
    [("1.0", "0:1.0"), ("1.0", "1.00"), ("1.0", "1.0-0"), ("1.", "1.0"), ("01", "1"), ("a", "a0")],
)
def test_versions_that_are_written_differently_and_equal(left: str, right: str) -> None:
    assert compare(left, right) == 0
    assert version_key(left) == version_key(right)


def test_a_number_of_any_length() -> None:
    assert compare("9" * 10_000, "1" + "0" * 10_000) == -1


@given(VERSIONS, VERSIONS)
def test_the_order_is_total(left: str, right: str) -> None:
    assert compare(left, right) == -compare(right, left)
    assert sum(satisfies(left, operator, right) for operator in ("<<", "=", ">>")) == 1
    assert satisfies(left, "<=", right) is (compare(left, right) <= 0)
    assert satisfies(left, ">=", right) is (compare(left, right) >= 0)


@given(VERSIONS, VERSIONS, VERSIONS)
def test_the_order_is_transitive(a: str, b: str, c: str) -> None:
    low, middle, high = sorted([a, b, c], key=version_key)
    assert compare(low, middle) <= 0
    assert compare(middle, high) <= 0
    assert compare(low, high) <= 0


@given(VERSIONS)
def test_a_tilde_comes_before_all(version: str) -> None:
    assert compare(version + "~", version) == -1
    assert compare(version, version) == 0


@pytest.mark.skipif(shutil.which("dpkg") is None, reason="dpkg is the judge")
def test_dpkg_agrees() -> None:
    shown = [*ORDERED, "1.0-1~bpo12+1", "1.0+git20240101", "1.0-0ubuntu1", "0:1.0", "1.00"]
    for left, right in zip(shown, [*shown[3:], *shown[:3]], strict=True):
        order = compare(left, right)
        operator = {-1: "lt", 0: "eq", 1: "gt"}[order]
        judged = subprocess.run(["dpkg", "--compare-versions", left, operator, right], check=False)
        assert judged.returncode == 0, (left, operator, right)


@pytest.mark.parametrize(
    ("text", "fine"),
    [("1:2.0~rc1+dfsg-3", True), ("", False), ("1 2", False), ("1;2", False), ("a:1", False)],
)
def test_what_a_version_looks_like(text: str, fine: bool) -> None:
    assert is_version(text) is fine
