"""What uv offers, and what is taken of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from neve.errors import NeveError
from neve.interpreter.offer import Offer, choose_offer, read_offers

HOST = "https://pythons.example/builds"


def an_entry(version: str, **changed: Any) -> dict[str, Any]:
    """An entry of uv's answer."""
    free = changed.get("variant", "default") == "freethreaded"
    file = f"cpython-{version}%2B20261110-x86_64-unknown-linux-gnu-install_only_stripped.tar.gz"
    return {
        "key": f"cpython-{version}{'+freethreaded' if free else ''}-linux-x86_64-gnu",
        "version": version,
        "url": f"{HOST}/20261110/{file}",
        "os": "linux",
        "variant": "default",
        "implementation": "cpython",
        "arch": "x86_64",
        "libc": "gnu",
        **changed,
    }


def offers(*entries: dict[str, Any]) -> tuple[Offer, ...]:
    return read_offers(json.dumps(entries), "x86_64")


def chosen(python: str, *entries: dict[str, Any], freethreaded: bool = False, requires: str | None = None) -> str:
    found = choose_offer(
        offers(*entries), python, freethreaded=freethreaded, requires_python=requires, architecture="x86_64"
    )
    return found.version


def test_an_offer() -> None:
    (found,) = offers(an_entry("3.12.16"))
    assert found.key == "cpython-3.12.16-linux-x86_64-gnu"
    assert found.file == "cpython-3.12.16+20261110-x86_64-unknown-linux-gnu-install_only_stripped.tar.gz"
    assert (found.version, found.build, found.freethreaded) == ("3.12.16", "20261110", False)


@pytest.mark.parametrize(
    "changed",
    [
        {"implementation": "pypy"},
        {"os": "darwin"},
        {"libc": "musl"},
        {"arch": "aarch64"},
        {"arch": "x86_64_v3"},
        {"variant": "debug"},
        {"variant": "freethreaded+debug"},
        {"url": None},
        {"url": f"{HOST}/cpython-3.12.16-full.tar.zst"},
        {"url": f"{HOST}/$(id).tar.gz"},
        {"url": f'{HOST}/a"b.tar.gz'},
        {"url": "ftp://pythons.example/a/python.tar.gz"},
        {"url": f"{HOST}/%2E%2E%2Fpython.tar.gz"},
        {"key": "cpython-3.12.16; id"},
        {"key": "--install-dir=/etc"},
        {"version": "3.12.16\n"},
        {"version": "4.0.0"},
    ],
)
def test_what_is_left_out(changed: dict[str, Any]) -> None:
    assert offers(an_entry("3.12.15"), an_entry("3.12.16") | changed) == offers(an_entry("3.12.15"))


@pytest.mark.parametrize("text", ["", "{", "{}", "[1]", "null", '[{"key": 3}]', "[" * 20_000])
def test_an_answer_that_is_none(text: str) -> None:
    with pytest.raises(NeveError, match="uv's list of Pythons cannot be read"):
        read_offers(text, "x86_64")


def test_credentials_are_nobodys_to_see() -> None:
    (found,) = offers(an_entry("3.12.16", url="https://user:secret@pythons.example/1/python.tar.gz"))
    assert found.url == "https://pythons.example/1/python.tar.gz"
    assert (found.file, found.build) == ("python.tar.gz", None)


def test_the_newest_patch_level_in_whatever_order() -> None:
    assert chosen("3.12", an_entry("3.12.9"), an_entry("3.12.16"), an_entry("3.12.10"), an_entry("3.13.1")) == "3.12.16"
    assert chosen("3.1", an_entry("3.12.9"), an_entry("3.1.4")) == "3.1.4"


def test_requires_python_decides_the_patch_level() -> None:
    entries = [an_entry(f"3.12.{patch}") for patch in range(5)]
    assert chosen("3.12", *entries, requires="==3.12.3") == "3.12.3"
    assert chosen("3.12", *entries, requires=">=3.11,<3.12.2") == "3.12.1"
    with pytest.raises(NeveError, match=r"no CPython 3\.12 that requires-python '>3\.12\.7' admits") as caught:
        chosen("3.12", *entries, requires=">3.12.7")
    assert "3.12.0, 3.12.1" in (caught.value.why or "")


def test_a_release_goes_before_what_is_to_become_one() -> None:
    assert chosen("3.15", an_entry("3.15.0a1"), an_entry("3.15.0rc2"), an_entry("3.15.0b3")) == "3.15.0rc2"
    assert chosen("3.15", an_entry("3.15.0"), an_entry("3.15.1rc1"), requires=">=3.11") == "3.15.0"


def test_freethreaded_and_not_are_two_things() -> None:
    entries = [an_entry("3.13.4"), an_entry("3.13.3", variant="freethreaded")]
    assert chosen("3.13", *entries) == "3.13.4"
    assert chosen("3.13", *entries, freethreaded=True) == "3.13.3"


def test_the_nearest_is_named() -> None:
    entries = [an_entry(f"3.{minor}.1") for minor in (8, 9, 14)] + [an_entry("3.13.1", variant="freethreaded")]
    with pytest.raises(NeveError, match=r"^uv has no CPython 3\.12 for x86_64") as caught:
        chosen("3.12", *entries)
    assert caught.value.why == "the nearest that it has: 3.14, 3.9, 3.8"
    assert 'python = "3.14" under [tool.neve]' in caught.value.fixes
    with pytest.raises(NeveError, match=r"no free-threaded CPython 3\.12") as caught:
        chosen("3.12", *entries, freethreaded=True)
    assert 'python = "3.13t" under [tool.neve]' in caught.value.fixes
    with pytest.raises(NeveError, match=r"no CPython 3\.12") as caught:
        chosen("3.12")
    assert caught.value.why == "it has none for this architecture"
