from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neve.errors import NeveError
from neve.nix.store_path import base32, check_name, directory_path, fixed_path, nar_sha256, path_name

# What `nix-store --add-fixed sha256` and `nix store add-path` of Nix 2.26.3 print.
_DATA = "/nix/store/gn6lcfwymbcnq4s1yjlwrghb8f2rvd3c-f.txt"
_TREE = "/nix/store/2lk1bfv4zxsqzhljdmjfzvi281ivzvc6-foo"


def test_base32_of_a_known_hash() -> None:
    empty = hashlib.sha256(b"").digest()
    assert base32(empty) == "0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73"


@given(st.binary(min_size=1, max_size=64))
def test_base32_keeps_every_bit(data: bytes) -> None:
    digits = "0123456789abcdfghijklmnpqrsvwxyz"
    number = 0
    for character in base32(data):
        number = number << 5 | digits.index(character)
    assert number.to_bytes(len(data), "little") == data


def test_a_file_has_the_path_that_nix_gives_it() -> None:
    assert fixed_path("f.txt", hashlib.sha256(b"data\n").hexdigest()) == _DATA


def test_a_tree_has_the_path_that_nix_gives_it(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/x").write_text("hi\n")
    assert directory_path("foo", nar_sha256(tmp_path)) == _TREE


def test_a_nar_tells_executables_links_and_names_apart(tmp_path: Path) -> None:
    seen = set()
    file = tmp_path / "a"
    for change in (
        lambda: file.write_text("x"),
        lambda: file.chmod(0o755),
        lambda: file.rename(tmp_path / "B"),
        lambda: (tmp_path / "a").symlink_to("B"),
        (tmp_path / "ä").mkdir,
    ):
        change()
        seen.add(nar_sha256(tmp_path))
    assert len(seen) == 5


def test_a_nar_knows_no_owner_date_or_other_mode(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("x")
    before = nar_sha256(tmp_path)
    file.chmod(0o440)
    assert nar_sha256(tmp_path) == before


@pytest.mark.parametrize("name", ["", ".hidden", "a b", "a~b", "a%2b", "a/b", "ä", "x" * 212, "a\n"])
def test_names_that_nix_refuses(name: str) -> None:
    with pytest.raises(NeveError, match="store path"):
        check_name(name)


@pytest.mark.parametrize("name", ["a", "numpy-2.1.0-cp313+x_y=?.whl", "x" * 211])
def test_names_that_nix_takes(name: str) -> None:
    assert check_name(name) == name


def test_the_name_in_a_store_path() -> None:
    assert path_name(f"{_DATA}/inside") == "f.txt"
    with pytest.raises(NeveError, match="not a store path"):
        path_name("/usr/bin/env")
