"""Copies of an image outside the store."""

from __future__ import annotations

from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.image.check import check
from neve.image.export import copy_archive, copy_layout
from tests.image.layouts import busybox, layout


def test_a_copied_layout_stands_alone(tmp_path: Path) -> None:
    original = layout(tmp_path / "original", [busybox()])
    copy_layout(original, tmp_path / "copy")
    assert check(tmp_path / "copy").digest == check(original).digest
    assert not any(path.is_symlink() for path in (tmp_path / "copy").rglob("*"))
    with pytest.raises(NeveError, match="there already"):
        copy_layout(original, tmp_path / "copy")


def test_an_archive_replaces_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "image.tar").write_bytes(b"image")
    (tmp_path / "copy.tar").write_bytes(b"old")
    copy_archive(tmp_path / "image.tar", tmp_path / "copy.tar")
    assert (tmp_path / "copy.tar").read_bytes() == b"image"
    with pytest.raises(NeveError, match="no such directory"):
        copy_archive(tmp_path / "image.tar", tmp_path / "nowhere" / "copy.tar")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.tar", "image.tar"]
