from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from neve.bases.debian.index import Index, load_index
from neve.bases.debian.mirror import Mirrors, find_mirrors
from neve.bases.debian.solve import closure
from neve.errors import NeveError, TransientError
from neve.fetch import Fetcher, MissingError
from neve.progress import Silent
from tests.bases.debian.archive import Archive, index_of, stanza
from tests.fetch.server import Server, Step, serving
from tests.recorder import Recorder


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def archive(server: Server) -> Archive:
    built = Archive(server.files)
    built.publish("trixie", stanza("app", depends="lib"), stanza("lib"))
    built.publish("trixie-updates")
    built.publish("trixie-security", stanza("lib", "1.1"), root="/debian-security")
    return built


@pytest.fixture
def mirrors(server: Server, archive: Archive, tmp_path: Path) -> Mirrors:
    return Mirrors(
        main=f"{server.url}/debian",
        security=f"{server.url}/debian-security",
        origin="the test",
        keyring=archive.keyring(tmp_path),
    )


@pytest.fixture
def fetcher(tmp_path: Path) -> Fetcher:
    return Fetcher(tmp_path / "cache", Silent())


def load(mirrors: Mirrors, fetcher: Fetcher, architecture: str = "amd64") -> Index:
    return load_index("trixie", architecture, mirrors, fetcher, Silent())


def test_all_archives_of_a_suite(mirrors: Mirrors, fetcher: Fetcher) -> None:
    chosen = closure(load(mirrors, fetcher), ["app"])
    assert [(p.name, p.version, p.archive) for p in chosen] == [
        ("app", "1.0", "main"),
        ("lib", "1.1", "security"),
    ]
    artefact = chosen[1].artefact(mirrors)
    assert artefact.urls == (f"{mirrors.security}/pool/main/l/lib/lib_1.1_amd64.deb",)
    assert (artefact.name, artefact.size) == ("lib_1.1_amd64.deb", 1000)


def test_indexes_come_by_hash_and_once(mirrors: Mirrors, fetcher: Fetcher, server: Server) -> None:
    load(mirrors, fetcher)
    assert sum("by-hash" in path for path in server.paths()) == len(server.paths()) - 3
    server.seen.clear()
    load(mirrors, fetcher)
    assert [path.rpartition("/")[2] for path in server.paths()] == ["InRelease"] * 3


def test_offline_uses_what_is_there(mirrors: Mirrors, fetcher: Fetcher, server: Server) -> None:
    offline = Fetcher(fetcher.cache, Silent(), offline=True)
    with pytest.raises(NeveError, match="--offline"):
        load(mirrors, offline)
    load(mirrors, fetcher)
    server.seen.clear()
    assert [p.version for p in load(mirrors, offline).versions("lib")] == ["1.1", "1.0"]
    assert server.seen == []


@pytest.mark.parametrize("packages", ["Packages.xz", "Packages.gz", "Packages"])
@pytest.mark.parametrize("by_hash", [True, False])
def test_private_mirrors_compress_otherwise(
    mirrors: Mirrors, fetcher: Fetcher, archive: Archive, packages: str, by_hash: bool
) -> None:
    archive.publish("trixie", stanza("other"), packages=packages, by_hash=by_hash)
    assert load(mirrors, fetcher).versions("other")


def test_a_new_index_replaces_the_old(mirrors: Mirrors, fetcher: Fetcher, archive: Archive) -> None:
    old = load(mirrors, fetcher)
    archive.publish("trixie", stanza("app", "2.0"))
    assert load(mirrors, fetcher).versions("app")[0].version == "2.0"
    assert old.versions("app")[0].version == "1.0"  # mapped, though its file is gone
    assert len(list((fetcher.cache / "debian" / "trixie-amd64").glob("*.packages"))) == 1


def test_a_key_that_is_not_trusted(mirrors: Mirrors, fetcher: Fetcher) -> None:
    strict = Mirrors(main=mirrors.main, security=mirrors.security, origin="the test")
    with pytest.raises(NeveError, match="not signed by a trusted key") as caught:
        load(strict, fetcher)
    assert "backtrace" not in str(caught.value)
    assert "NEVE_DEBIAN_KEYRING" in str(caught.value)


IN_RELEASE = "/debian/dists/trixie/InRelease"


def test_a_changed_release(mirrors: Mirrors, fetcher: Fetcher, server: Server) -> None:
    server.files[IN_RELEASE] = server.files[IN_RELEASE].replace(b"Origin: Example", b"Origin: Exampel")
    with pytest.raises(NeveError, match="not signed by a trusted key"):
        load(mirrors, fetcher)


def test_what_stands_outside_of_the_signature_does_not_count(
    mirrors: Mirrors, fetcher: Fetcher, server: Server
) -> None:
    evil = hashlib.sha256(b"evil").hexdigest()
    server.files[IN_RELEASE] += f"\nSHA256:\n {evil} 4 main/binary-amd64/Packages.xz\n".encode()
    assert load(mirrors, fetcher).versions("app")


@pytest.mark.parametrize("content", [b"", b"<html>log in</html>", b"Codename: trixie\nSHA256:\n", b"\x00\xff" * 100])
def test_no_release_at_all(mirrors: Mirrors, fetcher: Fetcher, server: Server, content: bytes) -> None:
    server.files[IN_RELEASE] = content
    with pytest.raises(NeveError, match="is not signed"):
        load(mirrors, fetcher)


def test_another_suite_is_no_substitute(mirrors: Mirrors, fetcher: Fetcher, archive: Archive) -> None:
    archive.publish("trixie", codename="bookworm")
    with pytest.raises(NeveError, match="another suite than trixie"):
        load(mirrors, fetcher)


def test_a_suite_that_the_mirror_lacks(mirrors: Mirrors, fetcher: Fetcher, server: Server) -> None:
    del server.files["/debian-security/dists/trixie-security/InRelease"]
    with pytest.raises(MissingError, match="no suite trixie-security") as caught:
        load(mirrors, fetcher)
    assert "NEVE_DEBIAN_SECURITY_MIRROR" in str(caught.value)


def test_an_architecture_that_the_mirror_lacks(mirrors: Mirrors, fetcher: Fetcher) -> None:
    with pytest.raises(NeveError, match="no packages for arm64"):
        load(mirrors, fetcher, "arm64")


def test_a_mirror_in_trouble(mirrors: Mirrors, fetcher: Fetcher, server: Server) -> None:
    server.script[IN_RELEASE] = [Step(status=500)] * 9
    with pytest.raises(TransientError):
        load(mirrors, fetcher)


def index_paths(server: Server) -> list[str]:
    return [path for path in server.files if path.startswith("/debian/dists/trixie/main/")]


def test_an_index_that_is_not_the_signed_one(mirrors: Mirrors, fetcher: Fetcher, server: Server) -> None:
    for path in index_paths(server):
        server.files[path] = server.files[path][:-1] + b"!"
    with pytest.raises(NeveError, match="the hash is not the pinned one") as caught:
        load(mirrors, fetcher)
    assert "being updated" in str(caught.value)


def test_an_index_that_breaks_off_is_gone_on_with(mirrors: Mirrors, fetcher: Fetcher, server: Server) -> None:
    for path in index_paths(server):
        server.script[path] = [Step(cut=20)]
    assert load(mirrors, fetcher).versions("app")
    assert [request.headers["range"] for request in server.seen if "range" in request.headers] == ["bytes=20-"]


def test_a_frozen_mirror_is_noted(mirrors: Mirrors, fetcher: Fetcher, archive: Archive) -> None:
    archive.publish("trixie", stanza("app"), extra="Valid-Until: Fri, 06 Nov 2020 08:08:01 UTC\n")
    progress = Recorder()
    load_index("trixie", "amd64", mirrors, fetcher, progress)
    assert len(progress.notes) == 1
    assert "trixie was valid until 2020-11-06" in progress.notes[0]


def test_a_keyring_that_is_none(mirrors: Mirrors, fetcher: Fetcher, tmp_path: Path) -> None:
    (tmp_path / "junk").write_text("no keys")
    for path in (tmp_path / "junk", tmp_path / "none"):
        broken = Mirrors(main=mirrors.main, security=mirrors.security, origin="", keyring=path)
        with pytest.raises(NeveError, match="NEVE_DEBIAN_KEYRING"):
            load(broken, fetcher)


def test_a_suite_that_neve_does_not_know(mirrors: Mirrors, fetcher: Fetcher) -> None:
    with pytest.raises(NeveError, match="trixie"):
        load_index("stable", "amd64", mirrors, fetcher, Silent())


def test_names_providers_and_sources() -> None:
    index = index_of(
        stanza("one", provides="virtual (= 2), other", source="src (1.0-1)"),
        stanza("two", provides="virtual-not,\n virtual"),
        security=(stanza("one", "1.1", provides="virtual (= 2)"), stanza("three")),
    )
    assert sorted(index.names()) == ["one", "three", "two"]
    assert [(p.name, p.version) for p in index.providers("virtual")] == [
        ("one", "1.1"),
        ("one", "1.0"),
        ("two", "1.0"),
    ]
    assert index.providers("one") == ()
    assert index.versions("one")[1].source == "src"
    assert index.versions("one")[0].source == "one"
    assert index.versions("none") == ()


def test_a_version_in_two_archives_is_taken_from_main() -> None:
    (package,) = index_of(stanza("one"), security=(stanza("one"),)).versions("one")
    assert package.archive == "main"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("Filename", "../../etc/passwd.deb"),
        ("Filename", "/etc/passwd.deb"),
        ("Filename", "pool/$(rm).deb"),
        ("Filename", "pool/..deb/../x.deb"),
        ("Version", "1.0; rm"),
        ("SHA256", "0"),
        ("Size", "-1"),
        ("Size", "²"),
        ("Depends", "a b"),
    ],
)
def test_a_field_that_could_do_harm(field: str, value: str) -> None:
    lines = [line for line in stanza("one").splitlines() if not line.startswith(f"{field}:")]
    index = index_of("\n".join([*lines, f"{field}: {value}", ""]))
    with pytest.raises(NeveError):
        index.versions("one")


@pytest.mark.network
@pytest.mark.parametrize("suite", ["bookworm", "trixie", "forky"])
def test_the_real_archive(suite: str, fetcher: Fetcher) -> None:
    mirrors = find_mirrors(None, os.environ)
    index = load_index(suite, "amd64", mirrors, fetcher, Silent())
    names = {package.name for package in closure(index, ["python3", "ca-certificates", "gcc"])}
    assert {"libc6", "libgcc-s1", "openssl", "binutils"} <= names
