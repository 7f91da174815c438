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
        (
            "error: Git operation failed\n fatal: remote error: upload-pack: not our ref 0123",
            "check rev, tag or branch",
        ),
    ],
)
def test_remedies(said: str, fix: str) -> None:
    assert complained(said).fixes[0].startswith(fix)


def test_offline_nothing_is_to_be_mended() -> None:
    said = "error: No solution\n  cause: lime was unavailable because the network was disabled"
    assert complained(said, offline=True).fixes == ("run the same command once without --offline",)
    assert "mend it" in complained("error: No solution: lime>2", offline=True).fixes


def test_a_warning_is_not_the_first_reason() -> None:
    said = "warning: old settings\n  more of it\nerror: No solution\n  cause: lime"
    assert complained(said).why == "error: No solution\n  cause: lime\nwarning: old settings\n  more of it"


def test_the_network() -> None:
    said = "error: error sending request for url (http://bob:s3cret@index.example/simple/)"
    error = complained(said)
    assert isinstance(error, TransientError)
    assert "s3cret" not in str(error)
    offline = complained(said, offline=True)
    assert not isinstance(offline, TransientError)
    assert "--offline" in offline.fixes[0]


@pytest.mark.parametrize(
    "why",
    [
        "tcp connect error\n  cause: Connection refused (os error 111)",
        "fatal: unable to access 'https://git.example/x/': Failed to connect to git.example port 443 after 0 ms",
        "fatal: unable to access 'https://git.example/x/': Could not resolve host: git.example",
    ],
)
def test_a_server_that_does_not_answer_is_mended_by_nobody_here(why: str) -> None:
    error = complained(f"error: Failed to fetch\n  cause: {why}")
    assert error.code == 75
    assert error.fixes == ("try again; or check the address that uv names above, and the proxy",)


def test_what_a_query_holds_is_not_shown() -> None:
    said = "error: Failed to build `evil @ git+https://git.example/evil.git?token=s3cr3tQ`\n"
    said += "fatal: unable to access 'https://git.example/evil.git?rev=x&token=s3cr3tQ/': 404\n"
    error = complained(f"{said}git+https://git.example/good.git?subdirectory=a&rev=v1#0123")
    assert "s3cr3tQ" not in str(error)
    assert "git.example/evil.git?***" in str(error)
    assert "good.git?subdirectory=a&rev=v1#0123" in str(error)


@pytest.mark.parametrize(("lock", "named"), [("uv.lock", "path dependency"), ("job.py.lock", "what it was made of")])
def test_a_stale_lock_names_what_may_have_changed(lock: str, named: str) -> None:
    said = f"error: The lockfile at `{lock}` needs to be updated, but `--check` was provided."
    error = complaint(said, "uv cannot", directory="/project", offline=False, fixes=["mend it"], lock=lock)
    assert (error.what, error.where) == (f"{lock} is not fresh", lock)
    assert named in (error.why or "")
    assert "neve lock" in error.fixes[0]


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
