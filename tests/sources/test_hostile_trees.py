"""Trees of commits that git would unpack outside of their directory; and what a machine's settings would change."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.progress import Silent
from neve.sources.git import Repositories
from neve.sources.tree import fresh_directory
from tests.fetch.server import Server, serving
from tests.sources.repositories import blob, commit, commit_of, dumb_files, git, tree_of


@pytest.fixture(autouse=True)
def _no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in [key for key in os.environ if key.startswith("GIT_") or "proxy" in key.lower()]:
        monkeypatch.delenv(key)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))


@pytest.fixture
def served() -> Iterator[Server]:
    with serving() as server:
        yield server


def hostile(tmp_path: Path, order: tuple[str, ...], source: str) -> tuple[Path, str]:
    """A repository whose top has several entries named a: a link or a submodule that holds one, and a directory with
    a submodule at a/b; ``source`` is the URL that submodules are below. The commit.
    """
    outside, origin = tmp_path / "outside", tmp_path / "origin"
    outside.mkdir()
    evil = commit(tmp_path / "evil", {"pwned": "x"})
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked/b").symlink_to(outside)
    linked = commit(tmp_path / "linked", {})
    commit(origin, {})
    modules = (
        f'[submodule "x"]\n\tpath = a/b\n\turl = {source}/evil\n[submodule "y"]\n\tpath = a\n\turl = {source}/linked\n'
    )
    entries = {
        "link": ("120000", "a", blob(origin, str(outside))),
        "file": ("100644", "a", blob(origin, "x")),
        "tree": ("40000", "a", tree_of(origin, ("160000", "b", evil))),
        "module": ("160000", "a", linked),
        "path": ("160000", "a/b", evil),
        "above": ("100644", "..", blob(origin, "x")),
    }
    top = tree_of(
        origin,
        ("100644", ".gitmodules", blob(origin, modules)),
        *(entries[each] for each in order),
        ("100644", "pyproject.toml", blob(origin, "")),
    )
    return origin, commit_of(origin, top)


ORDERS = [
    ("link", "tree"),
    ("tree", "link"),
    ("module", "tree"),
    ("tree", "module"),
    ("file", "file"),
    ("module", "path"),
    ("link", "path"),
    ("above",),
]


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_git_fetches_no_such_tree(tmp_path: Path, order: tuple[str, ...]) -> None:
    origin, last = hostile(tmp_path, order, f"file://{tmp_path}")
    source = Repositories(tmp_path / "cache", Silent())
    with (
        pytest.raises(NeveError, match="cannot fetch lib") as caught,
        source.tree(f"file://{origin}", last, name="lib"),
    ):
        pass
    assert caught.value.fixes == ("take another commit of the repository, or a published version of the package",)
    assert not list((tmp_path / "outside").iterdir())


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_such_a_tree_is_refused_wherever_it_comes_from(tmp_path: Path, served: Server, order: tuple[str, ...]) -> None:
    """git checks nothing of what a plain web server gives, nor of what was in the cache before."""
    _, last = hostile(tmp_path, order, served.url)
    for name in ("origin", "evil", "linked"):
        files = dumb_files(tmp_path / name, tmp_path / f"{name}.git")
        served.files |= {f"/{name}/{file}": data for file, data in files.items()}
    source = Repositories(tmp_path / "cache", Silent())
    with (
        pytest.raises(NeveError, match=r"two entries of one name|lies in no directory") as caught,
        source.tree(f"{served.url}/origin", last, name="lib"),
    ):
        pass
    assert (caught.value.where or "").rpartition(", ")[2] in ("a", "a/b", "..")
    assert not list((tmp_path / "outside").iterdir())


def test_a_submodule_s_directory_is_fresh(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "link").symlink_to(outside)
    (tmp_path / "file").write_text("")
    (tmp_path / "full").mkdir()
    (tmp_path / "full/file").write_text("")
    assert fresh_directory(tmp_path, "a/b", where="lib").is_dir()
    assert fresh_directory(tmp_path, "a/b", where="lib").is_dir()
    for path in ("link", "link/b", "file", "file/b", "full", "a/../b", "a"):
        with pytest.raises(NeveError, match="has no directory of its own"):
            fresh_directory(tmp_path, path, where="lib")
    assert not list(outside.iterdir())


def test_what_old_programs_wrote_is_fetched(tmp_path: Path) -> None:
    """fsck of git complains of such modes, and old repositories have them."""
    origin = tmp_path / "origin"
    commit(origin, {"a": "1"})
    mode = tree_of(origin, ("0100644", "a", blob(origin, "1")))
    last = commit_of(origin, mode)
    with Repositories(tmp_path / "cache", Silent()).tree(f"file://{origin}", last, name="lib") as tree:
        assert (tree / "a").read_text() == "1"


SETTINGS: list[dict[str, str]] = [
    {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.eol", "GIT_CONFIG_VALUE_0": "crlf"},
    {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.attributesFile", "GIT_CONFIG_VALUE_0": "{home}/crlf"},
    {"GIT_CONFIG_PARAMETERS": "'core.eol'='crlf'"},
    {"GIT_CONFIG_GLOBAL": "{home}/eol"},
    {"GIT_ATTR_SOURCE": "HEAD"},
    {"GIT_DEFAULT_HASH": "sha256"},
    {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "init.defaultObjectFormat", "GIT_CONFIG_VALUE_0": "sha256"},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda each: "-".join(each.values()))
def test_a_tree_is_the_same_whatever_the_machine_says(tmp_path: Path, settings: Mapping[str, str]) -> None:
    origin, home = tmp_path / "origin", tmp_path / "home"
    last = commit(origin, {".gitattributes": "*.txt text\n", "a.txt": "a\nb\n", "b": "a\nb\n"})
    home.mkdir(exist_ok=True)
    (home / "crlf").write_text("* text eol=crlf\n")
    (home / "eol").write_text(
        f"[core]\n\teol = crlf\n\tattributesFile = {home}/crlf\n[init]\n\tdefaultObjectFormat = sha256\n"
    )
    environ = {**os.environ, **{key: value.format(home=home) for key, value in settings.items()}}
    source = Repositories(tmp_path / "cache", Silent(), environ=environ)
    with source.tree(f"file://{origin}", last, name="lib") as tree:
        assert {path.name: path.read_bytes() for path in tree.iterdir()} == {
            ".gitattributes": b"*.txt text\n",
            "a.txt": b"a\nb\n",
            "b": b"a\nb\n",
        }


def test_a_cached_repository_of_another_format_is_replaced(tmp_path: Path) -> None:
    origin = tmp_path / "origin"
    last = commit(origin, {"a": "1"})
    source = Repositories(tmp_path / "cache", Silent())
    with source.tree(f"file://{origin}", last, name="lib"):
        pass
    (cached,) = (path for path in (tmp_path / "cache/git").iterdir() if path.is_dir())
    cached.rename(tmp_path / "aside")
    git(tmp_path, "init", "-q", "--bare", "--object-format=sha256", str(cached))
    with source.tree(f"file://{origin}", last, name="lib") as tree:
        assert (tree / "a").read_text() == "1"
