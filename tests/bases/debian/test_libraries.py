from __future__ import annotations

import os

import pytest

from neve.bases.debian import libraries
from neve.bases.debian.contents import load_contents
from neve.bases.debian.mirror import find_mirrors
from neve.bases.debian.suites import SUITES
from neve.fetch import Fetcher
from neve.files import cache_home
from neve.progress import Silent


def test_no_soname_twice_but_for_a_renamed_package() -> None:
    owners: dict[str, list[str]] = {}
    for package, sonames in libraries._KNOWN.items():
        for soname in sonames:
            owners.setdefault(soname, []).append(package)
    assert {soname: names for soname, names in owners.items() if len(names) > 1} == {
        "libcrypto.so.3": ["libssl3", "libssl3t64"],
        "libssl.so.3": ["libssl3", "libssl3t64"],
    }


@pytest.mark.network
@pytest.mark.parametrize("architecture", ["amd64", "arm64"])
@pytest.mark.parametrize("suite", SUITES)
def test_what_is_known_without_an_index_is_so(suite: str, architecture: str) -> None:
    contents = load_contents(
        suite, architecture, find_mirrors(None, os.environ), Fetcher(cache_home(), Silent()), Silent()
    )
    assert contents is not None
    for package, sonames in libraries._KNOWN.items():
        for soname in sonames:
            assert package.removesuffix("t64") in {
                provider.removesuffix("t64") for provider in contents.providers_of_library(soname)
            }
    if architecture == "amd64":
        assert "libc6" in contents.providers_of_library(libraries._VECTOR)
    assert contents.providers_of_library("libGL.so.1")[0] == "libgl1"
    assert contents.provider_of_header("libpq-fe.h") == "libpq-dev"
    assert contents.provider_of_program("cmake") == "cmake"
