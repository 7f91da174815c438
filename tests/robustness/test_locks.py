"""Locks that are cut short, of a newer format or stale, and what uv complains of."""

from __future__ import annotations

import pytest

from neve.errors import NeveError, TransientError
from neve.lock.text import read_lock
from neve.python.complaint import complaint

_BROKEN = """\
error: Failed to parse `uv.lock`
  cause: TOML parse error at line 9, column 55
"""
_NEWER = "error: The lockfile at `uv.lock` uses an unsupported schema version (v2, but only v1 is supported)."


def complained(said: str, *, offline: bool = False) -> NeveError:
    return complaint(said, "uv cannot", directory="/project", offline=offline, fixes=["mend it"])


@pytest.mark.parametrize(
    ("said", "what", "where"),
    [
        (_BROKEN, "uv.lock is not valid", "uv.lock:9"),
        (_NEWER, "uv.lock has a newer format than this uv reads", "uv.lock, version"),
        ("error: Extra `x` is not defined", "the project has no extra 'x'", "pyproject.toml, tool.neve.extras"),
        ("error: Group `x` is not defined", "the project has no group 'x'", "pyproject.toml, tool.neve.groups"),
        (_BROKEN.replace(" `uv.lock`", ": pyproject.toml"), "uv cannot", "pyproject.toml:9"),
        ("error: something else", "uv cannot", "/project"),
    ],
)
def test_what_and_where(said: str, what: str, where: str) -> None:
    error = complained(said)
    assert (error.what, error.where) == (what, where)
    assert error.code == 1
    assert error.fixes
    assert "--frozen" not in str(error)  # it would not help


@pytest.mark.parametrize(
    ("said", "fix"),
    [
        ("error: Failed to initialize cache\n  cause: Read-only file system (os error 30)", "make it writable"),
        ("error: failed to flush file `/p/.tmpJtremX`: No space left on device (os error 28)", "free some space"),
        ("error: Failed to fetch\n  cause: HTTP status client error (401 Unauthorized)", "give credentials"),
    ],
)
def test_remedies(said: str, fix: str) -> None:
    assert complained(said).fixes[0].startswith(fix)


def test_the_network() -> None:
    said = "error: error sending request for url (http://bob:s3cret@index.example/simple/)"
    error = complained(said)
    assert isinstance(error, TransientError)
    assert "s3cret" not in str(error)
    offline = complained(said, offline=True)
    assert not isinstance(offline, TransientError)
    assert "--offline" in offline.fixes[0]


_LOCK = """\
version = 1
inputs = "00"
[base]
packages = [
  { name = "x" },
"""


@pytest.mark.parametrize("end", range(1, len(_LOCK), 7))
def test_a_neve_lock_that_is_cut_short(end: int) -> None:
    with pytest.raises(NeveError) as caught:
        read_lock(_LOCK[:end])
    assert (caught.value.where or "").startswith(("neve.lock:", "neve.lock, "))
    assert any("neve lock --upgrade" in fix for fix in caught.value.fixes)
    assert "docs/" not in str(caught.value)  # nobody writes it by hand


@pytest.mark.parametrize("version", ["2", "99"])
def test_a_neve_lock_of_a_newer_format(version: str) -> None:
    with pytest.raises(NeveError, match=f"format {version}") as caught:
        read_lock(f"version = {version}\nunheard = 1\n")
    assert caught.value.where == "neve.lock, version"
