from __future__ import annotations

import gzip
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from neve.errors import NeveError
from neve.python import sdist_archive
from neve.python.sdist_archive import pyproject_of
from tests.python.sdists import link, sdist_tar, sdist_zip

PYPROJECT = '[build-system]\nrequires = ["hatchling"]\n'
TREE = {"x-1.0/PKG-INFO": "", "x-1.0/src/pyproject.toml": "deeper", "x-1.0/pyproject.toml": PYPROJECT}


def read(tmp_path: Path, content: bytes, *, suffix: str = ".tar.gz") -> str | None:
    path = tmp_path / f"x-1.0{suffix}"
    path.write_bytes(content)
    return pyproject_of(path, path.name)


def refused(tmp_path: Path, content: bytes, *, suffix: str = ".tar.gz") -> NeveError:
    with pytest.raises(NeveError) as caught:
        read(tmp_path, content, suffix=suffix)
    assert f"x-1.0{suffix}" in str(caught.value)
    assert caught.value.fixes
    return caught.value


@pytest.mark.parametrize(("make", "suffix"), [(sdist_tar, ".tar.gz"), (sdist_zip, ".zip")])
class TestBothFormats:
    def test_pyproject_of_the_root(
        self, tmp_path: Path, make: Callable[[Mapping[str, str]], bytes], suffix: str
    ) -> None:
        assert read(tmp_path, make(TREE), suffix=suffix) == PYPROJECT
        dotted = {f"./{path}": text for path, text in TREE.items()}
        assert read(tmp_path, make(dotted), suffix=suffix) == PYPROJECT
        beside = {"._x-1.0": "what macOS adds", **TREE}
        assert read(tmp_path, make(beside), suffix=suffix) == PYPROJECT

    @pytest.mark.parametrize("script", ["setup.py", "setup.cfg"])
    def test_a_legacy_project(
        self, tmp_path: Path, make: Callable[[Mapping[str, str]], bytes], suffix: str, script: str
    ) -> None:
        files = {f"x-1.0/{script}": "", "x-1.0/vendored/pyproject.toml": PYPROJECT}
        assert read(tmp_path, make(files), suffix=suffix) is None

    @pytest.mark.parametrize(
        ("files", "why"),
        [
            ({"/x-1.0/pyproject.toml": "a"}, "leads out"),
            ({"x-1.0/../../pyproject.toml": "a"}, "leads out"),
            ({"x-1.0/pyproject.toml": "a", "/etc/passwd": "a"}, "leads out"),
            ({"x-1.0/pyproject.toml": "a", "y/setup.py": "a"}, "2 top-level directories"),
            ({"pyproject.toml": "a"}, "0 top-level directories"),
            ({}, "0 top-level directories"),
            ({"x-1.0/README": "a"}, "neither pyproject.toml nor setup.py"),
            ({"x-1.0/pyproject.toml": "a" * ((1 << 20) + 1)}, "larger than"),
            ({"x-1.0/pyproject.toml": b"\xff"}, "not UTF-8"),
        ],
    )
    def test_what_is_no_source_tree(
        self,
        tmp_path: Path,
        make: Callable[[Mapping[str, str | bytes]], bytes],
        suffix: str,
        files: Mapping[str, str | bytes],
        why: str,
    ) -> None:
        assert why in str(refused(tmp_path, make(files), suffix=suffix).why)

    def test_archives_that_grow(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        make: Callable[[Mapping[str, str]], bytes],
        suffix: str,
    ) -> None:
        monkeypatch.setattr(sdist_archive, "_MOST_BYTES", 1 << 20)
        content = make({**TREE, "x-1.0/zeros": "\0" * (1 << 21)})
        assert len(content) < 1 << 15
        assert "unpacks to more than 1 MiB" in str(refused(tmp_path, content, suffix=suffix).why)
        monkeypatch.setattr(sdist_archive, "_MOST_ENTRIES", 2)
        assert "more than 2 entries" in str(refused(tmp_path, make(TREE), suffix=suffix).why)

    @pytest.mark.parametrize("end", [0, 1, 30, 90, -30])
    def test_what_is_cut_short(
        self, tmp_path: Path, make: Callable[[Mapping[str, str]], bytes], suffix: str, end: int
    ) -> None:
        assert "that can be read" in refused(tmp_path, make(TREE)[:end], suffix=suffix).what


@pytest.mark.parametrize("suffix", [".tar.gz", ".zip"])
def test_what_is_no_archive(tmp_path: Path, suffix: str) -> None:
    assert "that can be read" in refused(tmp_path, b"<html>not found</html>", suffix=suffix).what


def test_links(tmp_path: Path) -> None:
    bare = {"x-1.0/setup.py": ""}
    assert "no regular file" in str(refused(tmp_path, sdist_tar(bare, link("x-1.0/pyproject.toml", "/etc/passwd"))).why)
    hard = link("x-1.0/pyproject.toml", "x-1.0/setup.py")
    hard.type = tarfile.LNKTYPE
    assert "no regular file" in str(refused(tmp_path, sdist_tar(bare, hard)).why)
    # Links elsewhere are nothing that is read.
    assert read(tmp_path, sdist_tar(TREE, link("x-1.0/tests/data", "/etc"))) == PYPROJECT


def test_a_link_in_a_zip(tmp_path: Path) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        entry = zipfile.ZipInfo("x-1.0/pyproject.toml")
        entry.create_system, entry.external_attr = 3, 0o120777 << 16
        file.writestr(entry, "/etc/passwd")
    assert "no regular file" in str(refused(tmp_path, out.getvalue(), suffix=".zip").why)


def test_the_later_of_two_counts(tmp_path: Path) -> None:
    tar = gzip.decompress(sdist_tar(TREE))
    other = gzip.decompress(sdist_tar({"x-1.0/pyproject.toml": "later"}))
    assert read(tmp_path, gzip.compress(tar.rstrip(b"\0") + b"\0" * (-len(tar.rstrip(b"\0")) % 512) + other)) == "later"


def test_headers_that_call_for_more_headers(tmp_path: Path) -> None:
    extended = tarfile.TarInfo("x")
    extended.type, extended.size = tarfile.XHDTYPE, 0
    refused(tmp_path, gzip.compress(extended.tobuf() * 5000))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    suffix=st.sampled_from([".tar.gz", ".zip"]),
    changes=st.lists(st.tuples(st.integers(0, 6000), st.binary(min_size=1, max_size=8)), min_size=1, max_size=4),
)
def test_damage_ends_in_an_error_or_a_text(tmp_path: Path, suffix: str, changes: list[tuple[int, bytes]]) -> None:
    whole = bytearray(sdist_zip(TREE) if suffix == ".zip" else gzip.decompress(sdist_tar(TREE)))
    for place, new in changes:
        at = place % len(whole)
        whole[at : at + len(new)] = new
    try:
        found = read(tmp_path, bytes(whole) if suffix == ".zip" else gzip.compress(whole), suffix=suffix)
    except NeveError:
        return
    assert found is None or isinstance(found, str)
