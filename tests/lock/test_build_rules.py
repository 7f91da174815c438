"""tool.uv.build-constraint-dependencies and extra-build-dependencies."""

from __future__ import annotations

import pytest

from neve.errors import NeveError
from neve.lock.build_rules import NO_SETTINGS, build_settings
from tests.projects import a_wheel


def test_what_is_said_nothing_of() -> None:
    assert build_settings([{}, {"index-url": "x"}]) == NO_SETTINGS
    assert NO_SETTINGS.digest is None


def test_constraints_and_more_requirements() -> None:
    table = {
        "build-constraint-dependencies": ["setuptools <80"],
        "extra-build-dependencies": {
            "Old_Thing": ["maker", {"requirement": "torch", "match-runtime": True}, {"requirement": "lemon >1"}]
        },
    }
    settings = build_settings([table])
    assert settings.constraints == ("setuptools<80",)
    environments = {"x86_64": (a_wheel("torch", "2.7.0+cu128"),)}
    assert settings.extra_for("old-thing", environments) == ("maker", "torch==2.7.0+cu128", "lemon>1")
    assert settings.extra_for("other", environments) == ()
    assert settings.digest != build_settings([{"build-constraint-dependencies": ["setuptools <80"]}]).digest


@pytest.mark.parametrize("wheels", [(), (a_wheel("torch", "1"), a_wheel("torch", "2"))])
def test_what_must_match_and_cannot(wheels: tuple[object, ...]) -> None:
    settings = build_settings([{"extra-build-dependencies": {"x": [{"requirement": "torch", "match-runtime": True}]}}])
    with pytest.raises(NeveError, match="torch cannot match the environment"):
        settings.extra_for("x", {"x86_64": wheels})  # type: ignore[dict-item]


@pytest.mark.parametrize("text", ["-r /etc/passwd", "maker @ https://evil.example/x.whl", 1, None, "a\nb"])
def test_what_is_no_requirement(text: object) -> None:
    with pytest.raises(NeveError, match=r"requirement"):
        build_settings([{"build-constraint-dependencies": [text]}])
    with pytest.raises(NeveError, match=r"requirement"):
        build_settings([{"extra-build-dependencies": {"x": [text]}}])
