from __future__ import annotations

import pytest

from neve.errors import NeveError
from neve.python.artefact import Artefact, describe_artefact
from neve.python.chosen import git_url
from neve.python.sdist import Directory, Git, Sdist
from neve.python.select import select_artefacts
from neve.python.target import Target
from neve.python.wheel import Wheel
from tests.projects import digest

TRIXIE = Target(python_full_version="3.13.5", glibc=(2, 41), architecture="x86_64")
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def chosen(line: str, *, version: str = 'version = "1.0"', sdists: bool = True) -> Artefact:
    text = f'lock-version = "1.0"\ncreated-by = "test"\n[[packages]]\nname = "lib"\n{version}\n{line}\n'
    (artefact,) = select_artefacts(text, TRIXIE, where="uv.lock", sdists=sdists)
    return artefact


def refused(line: str) -> NeveError:
    with pytest.raises(NeveError) as caught:
        chosen(line)
    assert caught.value.where == "uv.lock, lib"
    return caught.value


def archive(place: str, key: str = "url", more: str = "") -> str:
    return f'archive = {{ {key} = "{place}", hashes = {{ sha256 = "{digest(place)}" }}{more} }}'


def vcs(url: str = "https://code.example/lib", commit: str = COMMIT, more: str = "", kind: str = "git") -> str:
    return f'vcs = {{ type = "{kind}", url = "{url}", commit-id = "{commit}"{more} }}'


def test_a_wheel_by_its_url() -> None:
    url = "https://files.example/lib-1.0%2Bcu1-py3-none-any.whl"
    wheel = chosen(archive(url.replace("://", "://user:secret@"), more=", size = 7"), sdists=False)
    assert isinstance(wheel, Wheel)
    assert (wheel.file, wheel.url, wheel.origin, wheel.size) == ("lib-1.0+cu1-py3-none-any.whl", url, "url", 7)
    assert describe_artefact(wheel)["kind"] == "url"


@pytest.mark.parametrize("key", ["archive", "wheels"])
def test_a_wheel_at_a_path(key: str) -> None:
    file = "vendor/./lib-1.0-py3-none-any.whl"
    entry = f'{{ path = "{file}", hashes = {{ sha256 = "{digest("x")}" }} }}'
    wheel = chosen(f"{key} = {entry}" if key == "archive" else f"{key} = [{entry}]", sdists=False)
    assert isinstance(wheel, Wheel)
    assert (wheel.path, wheel.url, wheel.origin) == ("vendor/lib-1.0-py3-none-any.whl", "", "path")


@pytest.mark.parametrize("key", ["archive", "sdist"])
def test_a_source_distribution_at_a_path(key: str) -> None:
    sdist = chosen(f'{key} = {{ path = "../lib-1.0.tar.gz", hashes = {{ sha256 = "{digest("x")}" }} }}')
    assert isinstance(sdist, Sdist)
    assert (sdist.path, sdist.file, sdist.origin) == ("../lib-1.0.tar.gz", "lib-1.0.tar.gz", "path")


def test_a_version_out_of_the_file_name() -> None:
    assert chosen(archive("https://files.example/lib-2.5.tar.gz"), version="").version == "2.5"


def test_an_archive_of_a_forge_has_a_name_of_its_own() -> None:
    assert describe_artefact(chosen(archive("https://code.example/lib/archive/v1.0.zip")))["file"] == "v1.0.zip"


def test_a_directory_is_what_it_is_now() -> None:
    found = chosen('directory = { path = "./packages//lib", editable = true }', version="")
    assert found == Directory(name="lib", version=None, path="packages/lib")
    beside = chosen('directory = { path = "../libs", subdirectory = "lib" }')
    assert beside == Directory(name="lib", version="1.0", path="../libs/lib")


def test_a_commit_of_git() -> None:
    found = chosen(vcs("https://user:secret@code.example/lib.git", more=', subdirectory = "a/./b"'))
    assert found == Git(
        name="lib", version="1.0", url="https://code.example/lib.git", commit=COMMIT, subdirectory="a/b"
    )


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("git+ssh://git:secret@code.example:22/lib", "ssh://git@code.example:22/lib"),
        ("git@code.example:team/lib.git", "ssh://git@code.example/team/lib.git"),
        ("file:///srv/lib", "file:///srv/lib"),
        ("https://code.example/lib#egg=lib", "https://code.example/lib"),
        ("ext::sh -c id", None),
        ("--upload-pack=id", None),
        ("https://code.example/${x}", None),
        ("https://[broken", None),
        ("../lib", None),
        ("C:/lib", None),
    ],
)
def test_the_url_of_a_repository(text: str, url: str | None) -> None:
    assert git_url(text) == url


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (vcs(commit="main"), "'main' is not a commit of git"),
        (vcs(commit=COMMIT.upper()), f"{COMMIT.upper()!r} is not a commit of git"),
        (vcs(kind="hg"), "lib lies in a repository of 'hg'"),
        (vcs("ext::sh -c id"), "'ext::sh -c id' is not the URL of a git repository"),
        (vcs(more=', subdirectory = "../x"'), "the subdirectory '../x' leads out of the source"),
        (vcs(more=', subdirectory = "/x"'), "the subdirectory '/x' leads out of the source"),
        (f'vcs = {{ type = "git", path = "../x", commit-id = "{COMMIT}" }}', "the git repository of lib is a path"),
        (archive("https://files.example/lib-1.0.tar.bz2"), "'lib-1.0.tar.bz2' is not the file name"),
        (
            archive("https://files.example/lib-1.0-cp312-cp312-win_amd64.whl"),
            "lib-1.0-cp312-cp312-win_amd64.whl is not",
        ),
        (archive("https://files.example/lib-1.0.tar.gz", more=', subdirectory = "x"'), "lib-1.0.tar.gz is built in"),
        (archive("http://[x/lib-1.0.tar.gz"), "the URL of an archive is malformed"),
        (archive("/srv/lib-1.0.tar.gz", "path"), "the path '/srv/lib-1.0.tar.gz' cannot be used"),
        ('archive = { path = "lib-1.0.tar.gz", hashes = { md5 = "00" } }', "lib-1.0.tar.gz has no SHA-256"),
        (archive("a$(id)-1.0.tar.gz", "path"), "'a$(id)-1.0.tar.gz' is not the file name"),
        ('directory = { path = "/srv/lib" }', "the path '/srv/lib' cannot be used"),
        (r'directory = { path = "a\nb" }', r"the path 'a\nb' cannot be used"),
        (r'directory = { path = "a\\b" }', r"the path 'a\\b' cannot be used"),
        ('directory = { path = "a", subdirectory = ".." }', "the subdirectory '..' leads out of the source"),
    ],
)
def test_what_cannot_be_pinned(line: str, what: str) -> None:
    error = refused(line)
    assert error.what.startswith(what)
    assert error.fixes or error.why


@pytest.mark.parametrize("line", [vcs(), archive("https://files.example/lib-1.tar.gz"), 'directory = { path = "a" }'])
def test_a_base_that_builds_nothing_takes_no_source(line: str) -> None:
    with pytest.raises(NeveError, match=r"lib 1\.0 has no wheel for CPython 3\.13"):
        chosen(line, sdists=False)
