from __future__ import annotations

import pytest

from neve.errors import (
    DefectError,
    ExitCode,
    ManyErrors,
    NeveError,
    TransientError,
    UsageError,
    collected,
)


def test_the_form_of_an_error() -> None:
    error = NeveError("it broke", where="a.toml:3", why="one\ntwo", fixes=["do this", "or\nthat"])
    assert str(error) == ("it broke\n  where: a.toml:3\n  why: one\n       two\n  fix: do this\n  fix: or\n       that")
    assert str(NeveError("it broke")) == "it broke"
    assert str(NeveError("it broke", why="")) == "it broke"


@pytest.mark.parametrize(("kind", "code"), [(NeveError, 1), (UsageError, 2), (DefectError, 70), (TransientError, 75)])
def test_exit_codes(kind: type[NeveError], code: int) -> None:
    assert kind("x").code == code
    assert kind("x").code != ExitCode.DONE


def test_errors_are_collected() -> None:
    one, other = NeveError("a"), NeveError("b", why="c")
    assert collected([]) is None
    assert collected([one]) is one
    many = collected([one, other])
    assert isinstance(many, ManyErrors)
    assert str(many) == "a\nb\n  why: c"
    assert many.code == 1


def test_what_can_be_fixed_now_is_not_tried_again() -> None:
    """Trying again does not help while one of the problems wants a change."""
    assert ManyErrors([TransientError("a"), TransientError("b")]).code == ExitCode.TRANSIENT
    assert ManyErrors([TransientError("a"), NeveError("b")]).code == ExitCode.FIXABLE
    assert ManyErrors([DefectError("a"), TransientError("b")]).code == ExitCode.DEFECT
    assert ManyErrors([DefectError("a"), NeveError("b")]).code == ExitCode.DEFECT
