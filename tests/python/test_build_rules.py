from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from neve.python.build_rules import FREE, build_rules


def marked(*tables: Mapping[str, Any], **environ: str) -> tuple[str, str]:
    """Which of the packages a, b-b and c are built, and which are not."""
    rules = build_rules(tables, environ)
    names = ("a", "b-b", "c")
    return (
        " ".join(name for name in names if rules.source_only(name)),
        " ".join(name for name in names if rules.wheel_only(name)),
    )


def test_nothing_is_said() -> None:
    assert marked() == ("", "")
    assert not FREE.source_only("a")
    assert not FREE.wheel_only("a")


@pytest.mark.parametrize(
    ("tables", "environ", "built", "not_built"),
    [
        ([{"no-binary": True}], {}, "a b-b c", ""),
        ([{"no-build": True}], {}, "", "a b-b c"),
        ([{"no-binary-package": ["A", "B_b"]}], {}, "a b-b", ""),
        ([{"no-binary": True, "no-build-package": ["c"]}], {}, "a b-b", "c"),
        ([{"no-build": True, "no-binary-package": ["c"]}], {}, "c", "a b-b"),
        ([{"no-build": True, "no-binary": True}], {}, "a b-b c", "a b-b c"),
        ([{"no-build-package": ["a"]}, {"no-build-package": ["c"]}], {}, "", "a c"),
        ([{"no-build-package": ["a"]}], {"UV_NO_BUILD_PACKAGE": "b.b  c"}, "", "a b-b c"),
        ([{"no-binary": False}, {"no-binary": True}], {}, "", ""),
        ([{"no-binary": False, "no-binary-package": ["a"]}], {}, "", ""),
        ([{"no-binary": False}], {"UV_NO_BINARY": "Yes"}, "a b-b c", ""),
        ([{"no-binary": True}], {"UV_NO_BINARY": "0"}, "a b-b c", ""),
        ([{"no-binary": "true", "no-binary-package": "abc"}], {}, "", ""),
        ([{"no-binary-package": [1, "a"]}], {"UV_NO_BUILD": ""}, "a", ""),
    ],
)
def test_rules_add_up_as_uv_has_it(
    tables: list[dict[str, Any]], environ: dict[str, str], built: str, not_built: str
) -> None:
    assert marked(*tables, **environ) == (built, not_built)
