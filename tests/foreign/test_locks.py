"""The readers of the three locks: sources, old forms, and what they refuse."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neve.errors import NeveError
from neve.foreign.package import File, Git, Local, Registry, Url
from neve.foreign.read import foreign_lock, foreign_wishes, lock_files, read_lock_data, read_wishes_data
from tests.foreign.projects import DATA, as_poetry_11, read

COMMIT = "0123456789" * 4
SHA = "cd" * 32
POETRY = "[metadata]\nlock-version = '2.1'\n[[package]]\nname = 'Some.Name'\nversion = '1.0'\n"
PDM = "[metadata]\nlock_version = '4.5.0'\n[[package]]\nname = 'Some.Name'\nversion = '1.0'\n"


def pipenv(**package: Any) -> str:
    return json.dumps({"_meta": {"pipfile-spec": 6}, "default": {"Some.Name": package}})


@pytest.mark.parametrize(
    ("kind", "text", "source"),
    [
        ("poetry", POETRY, Registry()),
        (
            "poetry",
            POETRY + "[package.source]\ntype = 'legacy'\nurl = 'https://a.example/simple'\nreference = 'a'",
            Registry(url="https://a.example/simple", name="a"),
        ),
        (
            "poetry",
            POETRY + "[package.source]\ntype = 'git'\nurl = 'git@git.example:a/b.git'\nreference = 'main'\n"
            f"resolved_reference = '{COMMIT}'\nsubdirectory = 'x/y'",
            Git(url="ssh://git@git.example/a/b.git", commit=COMMIT, requested="main", subdirectory="x/y"),
        ),
        (
            "poetry",
            POETRY + "develop = true\n[package.source]\ntype = 'directory'\nurl = './libs/../lib'",
            Local(path="lib", directory=True, editable=True),
        ),
        (
            "poetry",
            POETRY + "[package.source]\ntype = 'file'\nurl = 'w/a-1-py3-none-any.whl'",
            Local(path="w/a-1-py3-none-any.whl", directory=False),
        ),
        (
            "poetry",
            POETRY + "[package.source]\ntype = 'url'\nurl = 'https://a.example/a-1.zip#x'",
            Url(url="https://a.example/a-1.zip"),
        ),
        (
            "pdm",
            PDM + f"git = 'https://git.example/a'\nref = 'v1'\nrevision = '{COMMIT}'",
            Git(url="https://git.example/a", commit=COMMIT, requested="v1"),
        ),
        ("pdm", PDM + "path = './lib'\neditable = true", Local(path="lib", directory=True, editable=True)),
        ("pdm", PDM + "url = 'file:///${PROJECT_ROOT}/my%20lib'", Local(path="my lib", directory=True)),
        ("pdm", PDM + "url = 'https://a.example/a-1.zip'", Url(url="https://a.example/a-1.zip")),
        ("pipenv", pipenv(version="==1.0", index="a"), Registry(name="a")),
        ("pipenv", pipenv(git="https://git.example/a", ref=COMMIT), Git(url="https://git.example/a", commit=COMMIT)),
        ("pipenv", pipenv(path="./lib", editable=True), Local(path="lib", directory=True, editable=True)),
        ("pipenv", pipenv(file="https://a.example/a-1.zip"), Url(url="https://a.example/a-1.zip")),
        ("pipenv", pipenv(file="a-1.tar.gz"), Local(path="a-1.tar.gz", directory=False)),
    ],
)
def test_where_a_package_comes_from(kind: str, text: str, source: object) -> None:
    (package,) = read(kind, text).packages
    assert (package.name, package.source) == ("some-name", source)


def test_files_have_hashes() -> None:
    files = f"files = [{{file = 'a-1.zip', hash = 'sha256:{SHA.upper()}'}}, {{file = 'b', hash = 'md5:{'0' * 32}'}}]\n"
    expected = (File(name="a-1.zip", sha256=SHA),)
    assert read("poetry", POETRY + files).packages[0].files == expected
    static = f"files = [{{url = 'https://f.example/x/a-1%2Bc.zip', hash = 'sha256:{SHA}'}}]\n"
    (file,) = read("pdm", PDM + static).packages[0].files
    assert file == File(name="a-1+c.zip", sha256=SHA, url="https://f.example/x/a-1%2Bc.zip")
    assert read("pipenv", pipenv(version="==1", hashes=[f"sha256:{SHA}"])).packages[0].files == (File(sha256=SHA),)


def test_format_1_1_has_the_files_of_all_packages_in_one_table() -> None:
    today = foreign_lock("poetry", read_lock_data("poetry", DATA / "poetry-2.0"))
    old = foreign_lock("poetry", as_poetry_11(read_lock_data("poetry", DATA / "poetry-2.0")))
    for one, other in zip(today.packages, old.packages, strict=True):
        assert {*one.files} <= {*other.files}
        assert one.files == other.files or one.name == "numpy"  # of which there are two


def test_old_markers_of_pipenv_are_keys() -> None:
    lock = read("pipenv", pipenv(version="==1", sys_platform="== 'linux'", markers="os_name == 'posix'"))
    assert lock.packages[0].marker is not None
    assert lock.packages[0].marker.text == "(os_name == 'posix') and (sys_platform == 'linux')"


@pytest.mark.parametrize(
    ("kind", "text", "place", "what"),
    [
        ("poetry", "metadata = 3", "metadata", "not a table"),
        ("poetry", "[metadata]\nlock-version = '3.0'", "metadata.lock-version", "format '3.0'"),
        ("poetry", "package = [3]", "package[0]", "not a table"),
        ("poetry", "package = {a = 1}", "package", "not a list"),
        ("poetry", "[[package]]\nversion = '1'", "package[0].name", "no name"),
        ("poetry", "[[package]]\nname = \"a'; rm\\n\"\nversion = '1'", "package[0].name", "not the name"),
        ("poetry", "[[package]]\nname = '../a'\nversion = '1'", "package[0].name", "not the name"),
        ("poetry", "[[package]]\nname = 'a'\nversion = '1;${x}'", "package[0].version", "not a version"),
        ("poetry", "[[package]]\nname = 'a'", "package[0]", "no version"),
        ("poetry", POETRY + "markers = 'nonsense'", "package[0].markers", "not an environment marker"),
        ("poetry", POETRY + "markers = { main = 3 }", "package[0].markers.main", "not a string"),
        ("poetry", POETRY + "files = [{file='../x', hash='sha256:00'}]", "package[0].files[0].hash", "not a hash"),
        (
            "poetry",
            POETRY + f"files = [{{file='../x', hash='sha256:{SHA}'}}]",
            "package[0].files[0].file",
            "not the name",
        ),
        ("poetry", POETRY + "[package.dependencies]\nb = 3", "package[0].dependencies.b", "no dependency"),
        (
            "poetry",
            POETRY + "[package.dependencies]\nb = '^^'",
            "package[0].dependencies.b",
            "not a version constraint",
        ),
        ("poetry", POETRY + "[package.extras]\nx = ['!']", "package[0].extras.x", "no requirement"),
        ("poetry", POETRY + "[package.source]\ntype = 'hg'", "package[0].source.type", "no source of type"),
        (
            "poetry",
            POETRY + "[package.source]\ntype = 'git'\nurl = 'https://a.example'\nresolved_reference = 'main'",
            "package[0].source.resolved_reference",
            "not a commit",
        ),
        (
            "poetry",
            POETRY + f"[package.source]\ntype = 'git'\nurl = '--upload-pack=x'\nresolved_reference = '{COMMIT}'",
            "package[0].source.url",
            "not the URL of a repository",
        ),
        ("poetry", POETRY + "[package.source]\ntype = 'directory'\nurl = '../x'", "package[0].source.url", "inside"),
        ("poetry", POETRY + "[package.source]\ntype = 'directory'\nurl = '/etc'", "package[0].source.url", "inside"),
        ("pdm", "", "metadata.lock_version", "format ''"),
        ("pdm", PDM + "dependencies = ['a b c']", "package[0].dependencies[0]", "not a requirement"),
        ("pdm", PDM + "extras = [3]", "package[0].extras[0]", "not a string"),
        ("pdm", PDM + "hg = 'https://a.example'", "package[0].hg", "no hg repository"),
        ("pdm", PDM + "url = 'javascript:x'", "package[0].url", "not a URL"),
        ("pdm", PDM + "path = 'a/../../b'", "package[0].path", "inside the project"),
        ("pipenv", "{}", "_meta.pipfile-spec", "format None"),
        ("pipenv", '{"_meta": {"pipfile-spec": 6}, "default": {"a": 3}}', "default.a", "not a table"),
        ("pipenv", pipenv(version="==x"), "default.Some.Name.version", "not a version"),
        ("pipenv", pipenv(git="https://git.example/a"), "default.Some.Name.ref", "the commit is not locked"),
        ("pipenv", pipenv(version="==1", hashes="x"), "default.Some.Name.hashes", "not a list"),
    ],
)
def test_mistakes_are_shown_at_their_place(kind: str, text: str, place: str, what: str) -> None:
    with pytest.raises(NeveError) as caught:
        read(kind, text)
    found = {str(error.where).partition(", ")[2]: error for error in caught.value.errors}
    assert what in found[place].what
    assert all(character.isprintable() for error in caught.value.errors for character in error.what)
    assert any("lock`" in fix for fix in found[place].fixes)


def test_no_more_mistakes_are_shown_than_anybody_reads() -> None:
    with pytest.raises(NeveError) as caught:
        read("poetry", "package = [" + "3," * 5000 + "]")
    assert len(caught.value.errors) == 20


@pytest.mark.parametrize(
    ("kind", "name", "content", "what"),
    [
        ("poetry", "poetry.lock", b"[[package", "not valid TOML"),
        ("poetry", "poetry.lock", b"a = " + b"[" * 20_000, "not valid TOML"),
        ("pdm", "pdm.lock", b"\xff", "not UTF-8"),
        ("pipenv", "Pipfile.lock", b'{"_meta": {', "not valid JSON"),
        ("pipenv", "Pipfile.lock", b"[" * 200_000, "not valid JSON"),
        ("pipenv", "Pipfile.lock", b"[1]", "not valid"),
        ("pipenv", "Pipfile.lock", b"9" * 5000, "not valid"),
    ],
)
def test_what_is_cut_short_is_refused(kind: str, name: str, content: bytes, what: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(NeveError, match=what):
        read_lock_data(kind, tmp_path)


def test_the_files_that_decide(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "Pipfile", "pdm.lock"):
        (tmp_path / name).write_text("")
    assert lock_files("pdm", tmp_path) == ("pdm.lock", "pyproject.toml")
    assert lock_files("pipenv", tmp_path) == ("Pipfile",)
    assert read_wishes_data("pipenv", tmp_path / "none") == {}


# Data of the right shape here and there: then the readers get further than to the first wrong type.
KEYS = [
    *(
        "metadata",
        "lock-version",
        "lock_version",
        "content-hash",
        "package",
        "name",
        "version",
        "source",
        "type",
        "url",
    ),
    *("dependencies", "extras", "files", "file", "hash", "markers", "marker", "groups", "strategy", "targets", "git"),
    *(
        "revision",
        "path",
        "_meta",
        "pipfile-spec",
        "default",
        "hashes",
        "index",
        "sources",
        "optional",
        "python",
        "tool",
    ),
    *("poetry", "pdm", "project", "group", "dependency-groups", "include-group", "include-groups", "packages", "dev"),
    *("dev-dependencies", "optional-dependencies", "platform", "overrides", "resolution", "excludes", "ref"),
]
TEXTS = [
    "2.1",
    "2.0",
    "4.5.0",
    "a",
    "A_b",
    "==1.0",
    "1",
    "*",
    "^1.2",
    "<3 || >4",
    "os_name == 'posix'",
    "legacy",
    "lib",
]
TEXTS += [
    "directory",
    "https://a.example/b",
    f"sha256:{SHA}",
    COMMIT,
    "main",
    "../x",
    "a\nb",
    "${x}",
    "inherit_metadata",
]
leaves = st.sampled_from(TEXTS) | st.text(max_size=8) | st.integers() | st.booleans() | st.none() | st.floats()
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=4), inner),
    max_leaves=12,
)
tables = st.dictionaries(st.sampled_from(KEYS), values, max_size=8)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["poetry", "pdm", "pipenv"]), tables, tables)
def test_any_data_is_read_or_refused(kind: str, data: dict[str, Any], metadata: dict[str, Any]) -> None:
    heads: dict[str, dict[str, Any]] = {
        "poetry": {"metadata": {**metadata, "lock-version": "2.1"}},
        "pdm": {"metadata": {**metadata, "lock_version": "4.5.0"}},
        "pipenv": {"_meta": {**metadata, "pipfile-spec": 6}},
    }
    for reader, given_ in ((foreign_lock, data | heads[kind]), (foreign_wishes, data)):
        with suppress(NeveError):
            reader(kind, given_)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([("poetry", "poetry-2.1"), ("pdm", "pdm-inherited"), ("pipenv", "pipenv")]), st.data())
def test_a_lock_with_a_wound_is_read_or_refused(which: tuple[str, str], data: st.DataObject) -> None:
    kind, name = which
    locked = read_lock_data(kind, DATA / name)
    node: Any = locked
    while isinstance(node, dict | list) and node:
        key = data.draw(st.sampled_from(sorted(node)) if isinstance(node, dict) else st.integers(0, len(node) - 1))
        if not isinstance(node[key], dict | list) or data.draw(st.integers(0, 5)) == 0:
            node[key] = data.draw(leaves | tables)
            break
        node = node[key]
    with suppress(NeveError):
        foreign_lock(kind, locked)
