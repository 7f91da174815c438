from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from neve.errors import NeveError, TransientError
from neve.nix.store_path import nar_sha256
from neve.progress import Silent
from neve.sources.git import Repositories
from tests.fetch.server import Server, Step, serving
from tests.sources.repositories import commit, dumb_files, git, submodule


@pytest.fixture(autouse=True)
def _no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in [key for key in os.environ if key.startswith("GIT_") or "proxy" in key.lower()]:
        monkeypatch.delenv(key)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))


def repositories(tmp_path: Path, *, offline: bool = False) -> Repositories:
    return Repositories(tmp_path / "cache", Silent(), offline=offline)


def names(tree: Path) -> list[str]:
    return sorted(path.relative_to(tree).as_posix() for path in tree.rglob("*") if not path.is_dir())


def url_of(directory: Path) -> str:
    return f"file://{directory}"


def test_a_tree_is_that_of_a_checkout(tmp_path: Path) -> None:
    origin = tmp_path / "origin"
    files = {
        "pyproject.toml": "x\n",
        "src/run": "#!/bin/sh\n",
        # Of a checkout: line ends are made; of an archive alone: a substitution; of LFS: a filter that nobody has.
        ".gitattributes": "dos.txt text eol=crlf\nversion export-subst\nhidden export-ignore\nbig filter=lfs -text\n",
        "dos.txt": "a\nb\n",
        "version": "$Format:%H$",
        "hidden": "h",
        "big": "version https://git-lfs.example/spec/v1\noid sha256:00\nsize 1\n",
    }
    commit(origin, files)
    (origin / "src/run").chmod(0o700)
    (origin / "link").symlink_to("src/run")
    first = commit(origin, {})
    commit(origin, {"later": "x"})
    with repositories(tmp_path).tree(url_of(origin), first, name="lib") as tree:
        assert names(tree) == sorted([*files, "link"])
        assert (tree / "dos.txt").read_bytes() == b"a\r\nb\r\n"
        assert (tree / "version").read_text() == "$Format:%H$"
        assert (tree / "big").read_text() == files["big"]
        assert (tree / "src/run").stat().st_mode & 0o777 == 0o755
        assert (tree / "pyproject.toml").stat().st_mode & 0o777 == 0o644
        assert (tree / "link").readlink() == Path("src/run")
        clone = tmp_path / "clone"
        git(tmp_path, "clone", "-q", url_of(origin), str(clone))
        git(clone, "checkout", "-q", first)
        git(clone, "clean", "-ffdxq")
        (clone / ".git").rename(tmp_path / "aside")
        assert nar_sha256(tree) == nar_sha256(clone)
    assert not tree.exists()


def test_what_was_fetched_is_there_offline(tmp_path: Path) -> None:
    origin = tmp_path / "origin"
    first = commit(origin, {"a": "1"})
    second = commit(origin, {"a": "2"})
    with (
        pytest.raises(NeveError, match="is not in the cache"),
        repositories(tmp_path, offline=True).tree(url_of(origin), first, name="lib"),
    ):
        pass
    with repositories(tmp_path).tree(url_of(origin), first, name="lib"):
        pass
    with repositories(tmp_path, offline=True).tree(url_of(origin), first, name="lib") as tree:
        assert (tree / "a").read_text() == "1"
    with repositories(tmp_path).tree(url_of(origin), second, name="lib") as tree:
        assert (tree / "a").read_text() == "2"


def test_submodules_are_part_of_it(tmp_path: Path) -> None:
    inner, middle, origin = tmp_path / "inner", tmp_path / "middle", tmp_path / "origin"
    commit(inner, {"deep": "1"})
    commit(middle, {"m": "1"})
    submodule(middle, "../inner", "in")
    commit(origin, {"a": "1"})
    last = submodule(origin, url_of(middle), "vendored/middle")
    with repositories(tmp_path).tree(url_of(origin), last, name="lib") as tree:
        assert names(tree) == [".gitmodules", "a", "vendored/middle/.gitmodules", "vendored/middle/in/deep",
                               "vendored/middle/m"]  # fmt: skip


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ext::sh -c id", "is none that neve fetches"),
        ("/etc", "is none that neve fetches"),
        ("", ".gitmodules does not name its URL"),
    ],
)
def test_submodules_that_cannot_be_had(tmp_path: Path, url: str, why: str) -> None:
    inner, origin = tmp_path / "inner", tmp_path / "origin"
    commit(inner, {"deep": "1"})
    commit(origin, {"a": "1"})
    submodule(origin, url_of(inner), "in")
    text = (origin / ".gitmodules").read_text()
    last = commit(origin, {".gitmodules": text.replace(f"url = {url_of(inner)}", f"url = {url}" if url else "")})
    with (
        pytest.raises(NeveError, match="a submodule of lib cannot be had") as caught,
        repositories(tmp_path).tree(url_of(origin), last, name="lib"),
    ):
        pass
    assert why in (caught.value.why or "")


def test_links_that_lead_out(tmp_path: Path) -> None:
    origin = tmp_path / "origin"
    origin.mkdir()
    (origin / "sub").mkdir()
    (origin / "a").symlink_to("/etc/passwd")
    (origin / "sub/b").symlink_to("../../x")
    (origin / "loop").symlink_to("loop")
    last = commit(origin, {})
    with pytest.raises(NeveError) as caught, repositories(tmp_path).tree(url_of(origin), last, name="lib"):
        pass
    assert sorted((error.where or "").rpartition(", ")[2] for error in caught.value.errors) == ["a", "sub/b"]


def test_a_commit_that_is_not_there(tmp_path: Path) -> None:
    origin = tmp_path / "origin"
    commit(origin, {"a": "1"})
    with (
        pytest.raises(NeveError, match=f"there is no commit {'0' * 40} of lib"),
        repositories(tmp_path).tree(url_of(origin), "0" * 40, name="lib"),
    ):
        pass


def test_a_repository_that_is_not_there(tmp_path: Path) -> None:
    with (
        pytest.raises(NeveError, match="cannot fetch lib") as caught,
        repositories(tmp_path).tree(url_of(tmp_path / "none"), "0" * 40, name="lib"),
    ):
        pass
    assert "does not" in (caught.value.why or "")


def test_no_hook_and_no_filter_runs(tmp_path: Path) -> None:
    origin, ran = tmp_path / "origin", tmp_path / "ran"
    last = commit(origin, {".gitattributes": "* filter=own\n", "a": "1"})
    home = tmp_path / "home"
    (home / "template/hooks").mkdir(parents=True)
    hook = home / "template/hooks/post-checkout"
    hook.write_text(f"#!/bin/sh\ntouch {ran}\n")
    hook.chmod(0o755)
    (home / ".gitconfig").write_text(
        f'[init]\n\ttemplateDir = {home}/template\n[filter "own"]\n\tsmudge = touch {ran}; cat\n'
    )
    with repositories(tmp_path).tree(url_of(origin), last, name="lib") as tree:
        assert (tree / "a").read_text() == "1"
    assert not ran.exists()


@pytest.fixture
def served() -> Iterator[Server]:
    with serving() as server:
        yield server


def test_over_http(tmp_path: Path, served: Server) -> None:
    origin = tmp_path / "origin"
    first = commit(origin, {"a": "1"})
    commit(origin, {"a": "2"})
    served.files |= {f"/lib.git/{name}": data for name, data in dumb_files(origin, tmp_path / "bare").items()}
    sent: list[str] = []

    def credentials(url: str) -> str:
        sent.append(url)
        return "Basic c2VjcmV0"

    source = Repositories(tmp_path / "cache", Silent(), credentials=credentials)
    served.seen.clear()
    with source.tree(f"{served.url}/lib.git", first, name="lib") as tree:
        assert (tree / "a").read_text() == "1"
    assert sent
    assert {seen.headers.get("authorization") for seen in served.seen} == {"Basic c2VjcmV0"}
    cached = b"".join(path.read_bytes() for path in (tmp_path / "cache").rglob("*") if path.is_file())
    assert b"c2VjcmV0" not in cached


@pytest.mark.parametrize(("status", "kind"), [(401, NeveError), (503, TransientError)])
def test_a_server_that_refuses(tmp_path: Path, served: Server, status: int, kind: type[NeveError]) -> None:
    served.script["/lib.git/info/refs?service=git-upload-pack"] = [Step(status=status) for _ in range(4)]
    with (
        pytest.raises(kind, match="cannot fetch lib") as caught,
        repositories(tmp_path).tree(f"{served.url}/lib.git", "0" * 40, name="lib"),
    ):
        pass
    assert isinstance(caught.value, TransientError) == (kind is TransientError)
    assert caught.value.fixes


def test_nobody_listens(tmp_path: Path) -> None:
    with (
        pytest.raises(TransientError, match="cannot fetch lib"),
        repositories(tmp_path).tree("http://127.0.0.1:9/lib.git", "0" * 40, name="lib"),
    ):
        pass
