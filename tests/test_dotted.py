from __future__ import annotations

import pytest

from neve.dotted import most_exact


@pytest.mark.parametrize(
    ("versions", "exact"),
    [
        (["12", "13.0", "12.8"], "13.0"),
        ([None, "12", "13"], "12"),
        (["", None, "12.8"], "12.8"),
        ([None], None),
        ([], None),
    ],
)
def test_the_exact_version_else_the_major_one(versions: list[str | None], exact: str | None) -> None:
    assert most_exact(versions) == exact
