from __future__ import annotations

from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.image.engine import Kind, find_engine


def program(directory: Path, name: str, script: str = "exit 0") -> None:
    directory.mkdir(exist_ok=True)
    (directory / name).write_text(f"#!/bin/sh\n{script}\n")
    (directory / name).chmod(0o755)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path / "bin"


def test_podman_comes_first(path: Path) -> None:
    program(path, "podman")
    program(path, "docker")
    found = find_engine()
    assert (found.kind, found.command, found.asked) == (Kind.PODMAN, (str(path / "podman"),), False)


def test_docker_where_its_daemon_answers(path: Path) -> None:
    program(path, "docker", '[ "$1" = version ]')
    assert find_engine().kind is Kind.DOCKER
    program(path, "docker", "exit 1")
    assert find_engine().kind is Kind.BUBBLEWRAP


def test_bubblewrap_else(path: Path) -> None:
    assert not path.exists()
    assert find_engine().kind is Kind.BUBBLEWRAP
    assert find_engine("bubblewrap").asked
    assert find_engine("bwrap").command == ()


@pytest.mark.parametrize(
    ("option", "kind", "words"),
    [
        ("podman --runtime runc", Kind.PODMAN, ["podman", "--runtime", "runc"]),
        ("sudo podman", Kind.PODMAN, ["sudo", "podman"]),
        ("nerdctl -n 'a b'", Kind.DOCKER, ["nerdctl", "-n", "a b"]),
        ("bwrap --unshare-net", Kind.BUBBLEWRAP, ["bwrap", "--unshare-net"]),
    ],
)
def test_a_command_line(path: Path, option: str, kind: Kind, words: list[str]) -> None:
    for name in ("podman", "sudo", "nerdctl", "bwrap"):
        program(path, name)
    found = find_engine(option)
    assert found.kind is kind
    assert found.asked
    assert list(found.command) == [str(path / words[0]), *words[1:]]


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("", "not known"),
        ("runc", "not known"),
        ("podman 'x", "not a command line"),
        ("podman", "is not there"),
    ],
)
def test_what_cannot_be_used(path: Path, option: str, expected: str) -> None:
    assert not path.exists()
    with pytest.raises(NeveError, match=expected):
        find_engine(option)
