from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from neve.python.layers import BUCKETS, LARGE, bucket_of, group_wheels
from neve.python.wheel import Wheel
from tests.projects import a_wheel

wheels = st.dictionaries(
    st.from_regex(r"[a-z][a-z0-9]{0,6}", fullmatch=True),
    st.none() | st.integers(min_value=0, max_value=3 * LARGE),
    max_size=40,
).map(lambda sizes: [a_wheel(name, size=size) for name, size in sizes.items()])


def test_nothing() -> None:
    assert group_wheels([], most=58) == ()


def test_a_large_wheel_is_alone_and_first() -> None:
    found = group_wheels([a_wheel("six"), a_wheel("torch", "2.0", size=LARGE), a_wheel("jax", size=2 * LARGE)], most=58)
    assert [layer.name for layer in found] == ["jax-1.0", "torch-2.0", f"wheels-{bucket_of('six')}"]


def test_just_under_large_shares() -> None:
    (layer,) = group_wheels([a_wheel("torch", size=LARGE - 1)], most=58)
    assert layer.name.startswith("wheels-")


def test_an_unknown_size_shares() -> None:
    (layer,) = group_wheels([a_wheel("torch", size=None)], most=58)
    assert layer.name.startswith("wheels-")


def test_too_many_large_ones_share_the_smallest_first() -> None:
    many = [a_wheel(f"w{n:02}", size=LARGE + n) for n in range(20)]
    found = group_wheels(many, most=10)
    assert [layer.name for layer in found[:2]] == ["w19-1.0", "w18-1.0"]
    assert all(layer.name.startswith("wheels-") for layer in found[2:])
    assert len(found) <= 10


def test_an_epoch_makes_no_name_that_a_store_path_cannot_have() -> None:
    (layer,) = group_wheels([a_wheel("torch", "1!2.0+cu121", size=LARGE)], most=58)
    assert re.fullmatch(r"[A-Za-z0-9+._?=-]+", layer.name)


@given(wheels, st.integers(min_value=BUCKETS + 2, max_value=114))
def test_each_wheel_once_whatever_their_order(given: list[Wheel], most: int) -> None:
    found = group_wheels(given, most=most)
    held = [wheel for layer in found for wheel in layer.wheels]
    assert sorted(held, key=lambda w: w.name) == sorted(given, key=lambda w: w.name)
    assert len(found) <= most
    assert len({layer.name for layer in found}) == len(found)
    assert all(layer.wheels for layer in found)
    assert group_wheels(given[::-1], most=most) == found


@given(wheels, st.integers(min_value=0, max_value=100))
def test_one_changed_wheel_changes_one_layer(given: list[Wheel], which: int) -> None:
    small = [wheel for wheel in given if (wheel.size or 0) < LARGE]
    if not small:
        return
    old = small[which % len(small)]
    changed = [a_wheel(w.name, "9.9", size=w.size) if w is old else w for w in given]
    before = group_wheels(given, most=58)
    after = group_wheels(changed, most=58)
    assert [layer.name for layer in before] == [layer.name for layer in after]
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 1
