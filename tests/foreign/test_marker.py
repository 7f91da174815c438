from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.markers import Marker as Packaging

from neve.foreign.marker import LONGEST, Marker
from tests.foreign.projects import environment


@pytest.mark.parametrize(
    ("text", "extras", "expected"),
    [
        ('extra == "a"', {"a", "b"}, True),
        ('extra == "A_b"', {"a-b"}, True),
        ('extra == "c"', {"a", "b"}, False),
        ('"b" == extra', {"a", "b"}, True),
        ('extra != "a"', {"b"}, True),
        ("extra == 'a' and extra == 'b'", {"a", "b"}, True),
        ('extra == "a" and sys_platform == "win32"', {"a"}, False),
        ("python_version < '3' or extra == 'a'", {"a"}, True),
        ("os_name == 'extra == \"a\"'", {"a"}, False),
        ("sys_platform == 'linux'", set(), True),
    ],
)
def test_each_extra_counts(text: str, extras: set[str], expected: bool) -> None:
    assert Marker(text).holds(environment(), extras) is expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "python_version",
        "python_version == '3' and",
        "python_version == '3'; x",
        "os_name == 'a' or " * (LONGEST // 10) + "os_name == 'b'",
        "(" * 10_000 + "os_name == 'a'" + ")" * 10_000,
        "(" * 99 + "os_name == 'a'",
        "os_name == 'a\n",
    ],
)
def test_what_is_no_marker_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        Marker(text)


def test_a_comparison_that_means_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\S"):
        Marker("os_name ~= 'posix'").holds(environment())


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["os_name == 'posix'", "python_version < '3.12'", "sys_platform != 'linux'"]), min_size=1)
)
def test_without_extras_it_is_packagings_own(parts: list[str]) -> None:
    for word in (" and ", " or "):
        assert Marker(word.join(parts)).holds(environment()) == Packaging(word.join(parts)).evaluate(environment())


@settings(deadline=None)
@given(st.text(alphabet="extra ='\"()andor!<>_python_version3.1", max_size=60))
def test_any_text_is_a_marker_or_refused(text: str) -> None:
    with suppress(ValueError):
        assert isinstance(Marker(text).holds(environment(), {"a"}), bool)
