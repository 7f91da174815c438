from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from typing import cast

import pytest
from packaging import _manylinux
from packaging.markers import Marker, default_environment
from packaging.tags import compatible_tags, cpython_tags, sys_tags

from neve.bases.debian.suites import SUITES
from neve.python.target import Target

GLIBCS = [suite.glibc for suite in SUITES.values()]
PYTHONS = ["3.11", "3.12", "3.13", "3.14", "3.15", "3.13t", "3.14t"]


@pytest.fixture
def glibc(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """What the operating system says of its C library, which is all that packaging asks it."""
    said = {"CS_GNU_LIBC_VERSION": "glibc 2.36"}
    monkeypatch.setattr(os, "confstr", said.get)
    _manylinux._get_glibc_version.cache_clear()
    yield said
    _manylinux._get_glibc_version.cache_clear()


@pytest.mark.parametrize("architecture", ["x86_64", "aarch64"])
@pytest.mark.parametrize("version", GLIBCS)
@pytest.mark.parametrize("python", PYTHONS)
def test_tags_are_those_of_packaging(
    python: str, version: tuple[int, int], architecture: str, glibc: dict[str, str]
) -> None:
    glibc["CS_GNU_LIBC_VERSION"] = f"glibc {version[0]}.{version[1]}"
    freethreaded = python.endswith("t")
    python = python.removesuffix("t")
    major, minor = map(int, python.split("."))
    interpreter = f"cp{major}{minor}"
    platforms = [f"linux_{architecture}", *_manylinux.platform_tags([architecture])]
    expected = [
        *cpython_tags((major, minor), [interpreter + "t" * freethreaded], platforms),
        *compatible_tags((major, minor), interpreter, platforms),
    ]
    target = Target(
        python_full_version=f"{python}.1", glibc=version, architecture=architecture, freethreaded=freethreaded
    )
    assert target.tags() == expected


def test_a_freethreaded_interpreter_takes_its_own_wheels_and_no_stable_abi() -> None:
    names = [
        "cp313-cp313t-manylinux_2_28_x86_64",
        "cp313-cp313-manylinux_2_28_x86_64",
        "cp311-abi3-manylinux_2_28_x86_64",
        "cp313-none-any",
        "py3-none-any",
    ]
    tags = [
        str(tag)
        for tag in Target(python_full_version="3.13.5", glibc=(2, 41), architecture="x86_64", freethreaded=True).tags()
    ]
    assert [name for name in names if name in tags] == [names[0], names[3], names[4]]
    assert sorted(names, key=lambda name: tags.index(name) if name in tags else len(tags))[0] == names[0]


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc" or platform.python_implementation() != "CPython",
    reason="an oracle on CPython and glibc",
)
def test_tags_of_this_very_machine() -> None:
    major, minor = map(int, platform.libc_ver()[1].split(".")[:2])
    target = Target(
        python_full_version=platform.python_version(), glibc=(major, minor), architecture=platform.machine()
    )
    assert target.tags() == list(sys_tags())


@pytest.mark.skipif(platform.python_implementation() != "CPython", reason="an oracle on CPython")
def test_the_environment_is_that_of_an_interpreter() -> None:
    target = Target(python_full_version=platform.python_version(), glibc=(2, 36), architecture=platform.machine())
    said = cast("dict[str, str]", dict(default_environment()))
    mine = cast("dict[str, str]", dict(target.environment()))
    assert mine.keys() == said.keys()
    # The kernel of the machine that an image runs on is nobody's to know.
    unknown = ("platform_release", "platform_version")
    assert {k: v for k, v in mine.items() if k not in unknown} == {k: v for k, v in said.items() if k not in unknown}
    assert Marker(f"python_version == '{sys.version_info[0]}.{sys.version_info[1]}'").evaluate(mine)
