from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from neve.image.renew import renewed
from tests.image.layouts import Tree, unpacked

OTHERS: Tree = {
    "bin": "usr/bin",
    "opt/venv/bin/python": "/usr/bin/python3",
    "opt/venv/lib/site/numpy/core.py": b"",
    "opt/venv/lib/site/shared/theirs.py": b"",
    "srv/theirs": b"",
}
PROJECT: Tree = {
    "opt/venv/bin/app": b"1",
    "opt/venv/lib/site/app/deep/code.py": b"1",
    "opt/venv/lib/site/app/link": "deep",
    "opt/venv/lib/site/app-1.dist-info/RECORD": b"1",
    "opt/venv/lib/site/shared/ours.py": b"1",
    "srv/code/main.py": b"1",
}
SITE = "/opt/venv/lib/site"

Change = Callable[[Path], object]


def changed(tmp_path: Path, change: Change = lambda _: None) -> dict[str, str] | None:
    """What is renewed after ``change`` in the project's tree; sources are seen from that tree."""
    rootfs = unpacked({**OTHERS, **PROJECT}, tmp_path / "rootfs")
    old, new = unpacked(PROJECT, tmp_path / "old"), unpacked(PROJECT, tmp_path / "new")
    change(new)
    found = renewed(rootfs, old, new, hidden="/srv/code")
    assert found is None or {place: str(new) + place for place in found} == found
    return found


def test_what_is_the_project_s_alone_is_replaced_as_a_whole(tmp_path: Path) -> None:
    found = changed(tmp_path)
    assert found is not None
    assert set(found) == {
        "/opt/venv/bin/app",
        f"{SITE}/app",
        f"{SITE}/app-1.dist-info",
        f"{SITE}/shared/ours.py",
    }


@pytest.mark.parametrize(
    "change",
    [
        lambda new: (new / "opt/venv/lib/site/app/new.py").touch(),
        lambda new: shutil.rmtree(new / "opt/venv/lib/site/app/deep"),
        lambda new: (new / "srv/code/new.py").touch(),
    ],
)
def test_there_files_may_come_and_go(tmp_path: Path, change: Change) -> None:
    found = changed(tmp_path, change)
    assert found is not None
    assert f"{SITE}/app" in found


@pytest.mark.parametrize(
    "change",
    [
        lambda new: (new / "opt/venv/bin/other").touch(),
        lambda new: (new / "opt/venv/bin/app").unlink(),
        lambda new: (new / "opt/venv/lib/site/shared/new.py").touch(),
        lambda new: (new / "opt/venv/lib/site/app-1.dist-info").rename(new / "opt/venv/lib/site/app-2.dist-info"),
        lambda new: ((new / "opt/venv/bin/app").unlink(), (new / "opt/venv/bin/app").mkdir()),
        lambda new: (new / "etc").mkdir(),
    ],
)
def test_among_the_files_of_others_nothing_may(tmp_path: Path, change: Change) -> None:
    assert changed(tmp_path, change) is None


def test_a_link_among_the_files_of_others_stays_as_it_is(tmp_path: Path) -> None:
    rootfs = unpacked({"a/theirs": b"", "a/link": "theirs"}, tmp_path / "rootfs")
    old, new = unpacked({"a/link": "theirs"}, tmp_path / "old"), unpacked({"a/link": "theirs"}, tmp_path / "new")
    assert renewed(rootfs, old, new, hidden="/app") == {}
    (new / "a/link").unlink()
    (new / "a/link").symlink_to("elsewhere")
    assert renewed(rootfs, old, new, hidden="/app") is None


def test_a_namespace_shared_deep_down_is_not_replaced_as_a_whole(tmp_path: Path) -> None:
    rootfs = unpacked({"site/google/cloud/ours/x": b"", "site/google/cloud/theirs/x": b""}, tmp_path / "rootfs")
    tree: Tree = {"site/google/cloud/ours/x": b""}
    found = renewed(rootfs, unpacked(tree, tmp_path / "old"), unpacked(tree, tmp_path / "new"), hidden="/app")
    assert found is not None
    assert list(found) == ["/site/google/cloud/ours"]
