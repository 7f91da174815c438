"""The oracle of wheels, held to what ``packaging`` says of this machine and to its own words."""

from __future__ import annotations

import platform
import sys
import sysconfig

import pytest
from packaging.tags import sys_tags

from neve.python.target import Target
from tests.conformance.ranking import best, tags
from tests.conformance.targets import EVERY, TARGETS


@pytest.mark.parametrize("name", EVERY)
def test_targets_rank_as_the_oracle_does(name: str) -> None:
    assert TARGETS[name].tags() == tags(TARGETS[name])


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc" or platform.machine() not in ("x86_64", "aarch64"),
    reason="packaging knows the tags of this machine; it is no target of neve's",
)
def test_this_machine_as_packaging_ranks_it() -> None:
    major, minor = platform.libc_ver()[1].split(".")[:2]
    here = Target(
        python_full_version=platform.python_version(),
        glibc=(int(major), int(minor)),
        architecture=platform.machine(),
        freethreaded=bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    )
    assert sys.implementation.name == "cpython"
    assert [str(tag) for tag in tags(here)] == [str(tag) for tag in sys_tags()]


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        (("a-1-py3-none-any.whl", "a-1.tar.gz"), "a-1-py3-none-any.whl"),
        (("a-1.tar.gz", "a-1-py3-none-win_amd64.whl"), "a-1.tar.gz"),
        (("a-1-py3-none-win_amd64.whl",), None),
        (("a-1-2-py3-none-any.whl", "a-1-10-py3-none-any.whl", "a-1-py3-none-any.whl"), "a-1-10-py3-none-any.whl"),
        (("a-1-1-py3-none-any.whl", "a-1-1b-py3-none-any.whl"), "a-1-1b-py3-none-any.whl"),
        (("a-1-py2.py3-none-any.whl", "a-1-py3-none-any.whl"), "a-1-py2.py3-none-any.whl"),
    ],
)
def test_the_best(files: tuple[str, ...], wanted: str | None) -> None:
    assert best(files, TARGETS["trixie"]) == wanted


def test_what_is_marked() -> None:
    files = ("a-1-py3-none-any.whl", "a-1.tar.gz")
    assert best(files, TARGETS["trixie"], wheels=False) == "a-1.tar.gz"
    assert best(files, TARGETS["trixie"], sdists=False) == "a-1-py3-none-any.whl"
    assert best(files[:1], TARGETS["trixie"], wheels=False) is None
    assert best(files[1:], TARGETS["trixie"], sdists=False) is None
