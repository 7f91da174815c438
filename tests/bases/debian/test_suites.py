from __future__ import annotations

import re
from pathlib import Path

import pytest

from neve.bases.debian import release
from neve.bases.debian.suites import DEFAULT_SUITE, SUITES, find_suite
from neve.errors import NeveError


def test_the_default_is_one_of_them() -> None:
    assert find_suite(DEFAULT_SUITE).archives == {
        "main": "trixie",
        "updates": "trixie-updates",
        "security": "trixie-security",
    }


@pytest.mark.parametrize("name", ["stable", "noble", "", "Trixie"])
def test_others_are_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(NeveError, match=", ".join(SUITES)):
        find_suite(name)


def test_the_keys_are_those_that_the_list_names() -> None:
    listed = (Path(release.__file__).with_name("keys") / "README.md").read_text()
    fingerprints = {found.replace(" ", "").lower() for found in re.findall(r"(?:[0-9A-F]{4} ){9}[0-9A-F]{4}", listed)}
    assert fingerprints == {key.fingerprint for key in release.archive_keys()}
    assert len(fingerprints) == 6
