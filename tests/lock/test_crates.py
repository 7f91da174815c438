"""Crates of a Cargo.lock, and where a mirror has them."""

from __future__ import annotations

import pytest

from neve.errors import NeveError
from neve.lock.crates import DEFAULT, VARIABLE, crate_url, crate_urls, crates_of
from neve.lock.sdists import CratePin
from neve.project.project import BuildSystem
from neve.python.source_tree import Tree

MATURIN = BuildSystem(requires=("maturin",), backend="maturin")
INDEX = "registry+https://github.com/rust-lang/crates.io-index"
SUM = "a" * 64
PIN = CratePin(name="tiny-crate", version="0.1.0+x", url="https://crates.example/x", sha256=SUM)


def package(
    name: str = "tiny", *, version: str = "0.1.0", source: str | None = INDEX, checksum: str | None = SUM
) -> str:
    lines = [f'name = "{name}"', f'version = "{version}"']
    lines += [f'source = "{source}"'] if source else []
    lines += [f'checksum = "{checksum}"'] if checksum else []
    return "\n".join(["[[package]]", *lines, ""])


def crates(*locks: str, more: dict[str, str] | None = None, mirror: str = "") -> list[tuple[str, str, str]]:
    texts: dict[str, str | None] = {f"part{n}/Cargo.lock": text for n, text in enumerate(locks)}
    texts |= more or {}
    found = crates_of(Tree(("Cargo.toml", *texts), texts), MATURIN, label="old-1.0.tar.gz", environ={VARIABLE: mirror})
    return [(pin.name, pin.version, pin.url) for pin in found]


def refused(*locks: str) -> NeveError:
    with pytest.raises(NeveError) as caught:
        crates(*locks)
    assert all(error.fixes for error in caught.value.errors)
    return caught.value


def test_crates_of_all_locks_are_pinned_once() -> None:
    own = package("ferris", source=None, checksum=None)
    assert crates(own + package("zeta"), package("zeta") + package("alpha", version="2.0.0-rc.1")) == [
        ("alpha", "2.0.0-rc.1", f"{DEFAULT}/alpha/2.0.0-rc.1/download"),
        ("zeta", "0.1.0", f"{DEFAULT}/zeta/0.1.0/download"),
    ]


def test_the_first_format_has_its_checksums_apart() -> None:
    text = package(checksum=None) + f'[metadata]\n"checksum tiny 0.1.0 ({INDEX})" = "{SUM}"\n'
    assert [name for name, *_ in crates(text)] == ["tiny"]


def test_who_carries_crates_is_left_to_itself() -> None:
    config = {".cargo/config.toml": '[source.crates-io]\nreplace-with = "vendored"\n'}
    assert crates(more=config) == []
    assert crates(package(), more={"vendor/x/Cargo.lock": package("other")}) == crates(package())


def test_without_rust_there_is_nothing() -> None:
    assert crates_of(Tree(("setup.py",)), MATURIN, label="x") == ()


def test_without_a_lock_nothing_pins_them() -> None:
    error = refused()
    assert (error.what, error.where) == ("old-1.0.tar.gz has no Cargo.lock", "old-1.0.tar.gz, Cargo.toml")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (package(source="git+https://code.example/x#abc"), "the crate 'tiny 0.1.0' is one of a git repository"),
        (package(source="registry+https://other.example/"), "the crate 'tiny 0.1.0' is one of another registry"),
        (package("../x"), "name"),
        (package(version="../1"), "version"),
        (package(checksum=None), "sha256"),
        (package(checksum="A" * 63), "sha256"),
        ("package = 1", "a Cargo.lock is not valid"),
        ("package = [1]", "a Cargo.lock is not valid"),
        ("[[package", "a Cargo.lock is not valid"),
    ],
)
def test_what_cannot_be_pinned(text: str, what: str) -> None:
    error = refused(text)
    assert what in str(error)
    assert "old-1.0.tar.gz, part0/Cargo.lock" in str(error)


def test_all_that_cannot_be_pinned_is_named() -> None:
    text = package(source="git+https://code.example/x") + package("other", source="git+https://code.example/y")
    assert len(refused(text).errors) == 2


@pytest.mark.parametrize(
    ("template", "url"),
    [
        ("https://m.example/c/", "https://m.example/c/tiny-crate/0.1.0+x/download"),
        ("https://me:secret@m.example/c", "https://m.example/c/tiny-crate/0.1.0+x/download"),
        ("https://m.example/{prefix}/{crate}-{version}.crate", "https://m.example/ti/ny/tiny-crate-0.1.0+x.crate"),
        ("https://m.example/{sha256-checksum}", f"https://m.example/{SUM}"),
    ],
)
def test_urls_of_mirrors(template: str, url: str) -> None:
    assert crate_url(PIN, template) == url
    assert crate_urls(PIN, {VARIABLE: template}) == (url, PIN.url)


def test_a_mirror_that_is_no_url() -> None:
    with pytest.raises(NeveError, match=VARIABLE):
        crate_url(PIN, "${HOME}/{crate}")
    assert crate_urls(PIN, {}) == (PIN.url,)
