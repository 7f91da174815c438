from __future__ import annotations

from pathlib import Path

import pytest

from neve.nix.nix import Nix
from neve.nix.share import share_files

_NAME = "torch-2.0-py3-none-any.whl"
_PATH = f"/nix/store/{'a' * 32}-{_NAME}"
_LARGE = bytes(1 << 20)


@pytest.fixture
def cached(tmp_path: Path) -> Path:
    """A file of neve's cache."""
    path = tmp_path / "cache" / _NAME
    path.parent.mkdir()
    path.write_bytes(_LARGE)
    return path


def _nix(store: Path | None) -> Nix:
    return Nix(command=("nix",), version=(2, 26), store=store, origin="a test", environ={})


def _held(root: Path, content: bytes) -> Path:
    path = Path(f"{root}{_PATH}")
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    path.chmod(0o444)
    return path


def test_a_large_file_lies_on_the_disk_once(tmp_path: Path, cached: Path) -> None:
    held = _held(tmp_path / "store", _LARGE)
    for _ in range(2):
        share_files(_nix(tmp_path / "store"), [cached], [_PATH])
        assert cached.samefile(held)
    assert cached.read_bytes() == _LARGE
    assert [each.name for each in cached.parent.iterdir()] == [_NAME]
    held.unlink()  # the store is collected
    assert cached.read_bytes() == _LARGE


def test_what_a_killed_process_left_is_in_nobodys_way(tmp_path: Path, cached: Path) -> None:
    held = _held(tmp_path / "store", _LARGE)
    cached.with_name(f".{_NAME}.link").hardlink_to(held)
    share_files(_nix(tmp_path / "store"), [cached], [_PATH])
    assert cached.samefile(held)
    assert [each.name for each in cached.parent.iterdir()] == [_NAME]


@pytest.mark.parametrize("content", [b"cut short", None])
def test_a_file_that_the_store_has_not_whole_stays_as_it_is(
    tmp_path: Path, cached: Path, content: bytes | None
) -> None:
    if content is not None:
        _held(tmp_path / "store", content)
    share_files(_nix(tmp_path / "store"), [cached], [_PATH])
    assert cached.stat().st_nlink == 1
    assert cached.read_bytes() == _LARGE


def test_small_files_and_the_stores_of_others_are_left_alone(tmp_path: Path, cached: Path) -> None:
    held = _held(tmp_path / "store", _LARGE)
    share_files(_nix(None), [cached], [_PATH])
    assert held.stat().st_nlink == 1
    cached.write_bytes(b"small")
    held.chmod(0o644)
    held.write_bytes(b"small")
    share_files(_nix(tmp_path / "store"), [cached], [_PATH])
    assert held.stat().st_nlink == 1
