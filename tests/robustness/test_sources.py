"""Projects with odd files, and repositories that are not what they seem."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from neve.errors import ManyErrors, NeveError
from neve.project.sources import source_files

_ODD = ("a b", "q\"uo'te", "d${x}", "''${y}", "ü☃", "-dash", " lead", "#hash", "a;b", "per%cent", "back\\slash", "*")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    directory = tmp_path / "pro'j ${x} ü"
    directory.mkdir()
    (directory / "pyproject.toml").touch()
    return directory


def git(project: Path, *words: str) -> None:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    subprocess.run(["git", "-C", str(project), *words], check=True, capture_output=True)


def test_odd_names_are_kept_with_and_without_git(project: Path) -> None:
    for name in _ODD:
        (project / name).touch()
    expected = tuple(sorted((*_ODD, "pyproject.toml")))
    assert source_files(project) == expected
    git(project, "init", "-q")
    assert source_files(project) == expected


def test_links_of_all_kinds_are_kept_with_and_without_git(project: Path) -> None:
    (project / "folder").mkdir()
    (project / "folder/file").touch()
    for name, target in {"abs": "/etc", "dangling": "x", "out": "../..", "self": ".", "loop": "loop"}.items():
        (project / name).symlink_to(target)
    expected = ("abs", "dangling", "folder/file", "loop", "out", "pyproject.toml", "self")
    assert source_files(project) == expected
    git(project, "init", "-q")
    assert source_files(project) == expected


def test_a_submodule_is_no_file(project: Path, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "f").touch()
    git(inner, "init", "-q")
    git(inner, "add", ".")
    git(inner, "-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "-qm", "x")
    git(project, "init", "-q")
    git(project, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner), "sub")
    assert source_files(project) == (".gitmodules", "pyproject.toml")


def test_pipes_and_sockets_are_named_all_together(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(project / "pipe")
    monkeypatch.chdir(project)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        with pytest.raises(ManyErrors) as caught:
            source_files(project)
    assert [Path(error.where or "").name for error in caught.value.errors] == ["pipe", "socket"]
    assert all("image cannot hold it" in (error.why or "") for error in caught.value.errors)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_cannot_be_read_is_named(project: Path) -> None:
    (project / "secret").touch(mode=0o000)
    with pytest.raises(NeveError, match="cannot go into the image") as caught:
        source_files(project)
    assert caught.value.why == "this user may not read it"
    (project / "secret").unlink()
    (project / "closed").mkdir(mode=0o000)
    with pytest.raises(NeveError, match="a directory of the project cannot be read"):
        source_files(project)
    (project / "closed").chmod(0o700)


def test_a_directory_that_the_repository_around_it_ignores(project: Path) -> None:
    (project.parent / ".gitignore").write_text("*\n")
    (project / "app.py").touch()
    git(project.parent, "init", "-q")
    assert source_files(project) == ("app.py", "pyproject.toml")


def test_no_other_repository_and_no_program_of_its_configuration(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(project, "init", "-q")
    git(project, "config", "core.fsmonitor", f"touch {tmp_path / 'ran'}")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    assert source_files(project) == ("pyproject.toml",)
    assert not (tmp_path / "ran").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_ignored_files_stay_out_where_the_repository_is_another_users(project: Path) -> None:
    (project / ".gitignore").write_text(".env\n")
    (project / ".env").write_text("TOKEN=x")
    git(project, "init", "-q")
    for path in (project, *project.rglob("*")):
        os.chown(path, 65534, 65534)
    assert source_files(project) == (".gitignore", "pyproject.toml")
