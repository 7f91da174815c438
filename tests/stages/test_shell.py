from __future__ import annotations

import json
import os
import platform
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.image.shell import ImageShell
from neve.nix.nix import Nix
from neve.session import Options, Session
from neve.stages.image_shell import known_shell, write_wrappers
from neve.stages.shell import find_shell
from tests.world import World

PYPROJECT = (
    '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["lemon"]\n'
    '[tool.neve]\nbase = "nixpkgs"\n'
)
# Says what it is called with, and behaves as a store in which all is there.
NIX = """\
case "$1" in
  --version) echo "nix (Nix) 2.28.3" ;;
  build) echo /nix/store/00000000000000000000000000000000-env ;;
  develop) printf '%s\\n' "$@" "in $PWD" "locale $LC_ALL"; exit 5 ;;
  print-dev-env) printf 'PATH=/nix/store/x/bin:$PATH\\nexport PATH\\nexport NIX_BUILD_TOP="x"\\nexport TMPDIR="x"\\n' ;;
esac"""


@pytest.fixture
def shell(tmp_path: Path) -> ImageShell:
    tools = tmp_path / "rootfs/opt/venv/bin"
    tools.mkdir(parents=True)
    for name in ("app", "it's"):
        (tools / name).touch(mode=0o755)
    # Stands for bwrap: says what command it is to run.
    bwrap = tmp_path / "bwrap"
    bwrap.write_text('#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done; shift 5\nprintf "%s\\n" "$@"\nexit 3\n')
    bwrap.chmod(0o755)
    (tmp_path / "home").mkdir()
    return ImageShell(
        name="app",
        digest="sha256:00",
        rootfs=str(tmp_path / "rootfs"),
        config={"WorkingDir": "/app"},
        project=str(tmp_path.resolve()),
        home=str(tmp_path / "home"),
        bwrap=str(bwrap),
    )


def test_wrappers_run_the_tools(shell: ImageShell, tmp_path: Path) -> None:
    session = Session(tmp_path)
    (tmp_path / ".neve/shell/bin").mkdir(parents=True)
    (tmp_path / ".neve/shell/bin/gone").touch()
    (tmp_path / ".neve/shell/image.json").write_text(shell.text())
    directory = write_wrappers(session, shell)
    assert sorted(path.name for path in directory.iterdir()) == ["app", "it's"]
    done = subprocess.run([directory / "it's", "a b", "$c"], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == ["it's", "a b", "$c"], done.stderr
    assert done.returncode == 3
    assert (tmp_path / ".neve/shell/root").resolve() == Path(shell.rootfs)
    write_wrappers(session, replace(shell, rootfs=str(tmp_path / "rootfs")))  # again, over what is there


def test_a_wrapper_whose_neve_is_gone_says_so(
    shell: ImageShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/it's/python")
    directory = write_wrappers(Session(tmp_path), shell)
    done = subprocess.run([directory / "app"], capture_output=True, text=True, check=False)
    assert done.returncode == 126
    assert "neve shell --print-env" in done.stderr


def test_what_is_not_built_is_not_known(shell: ImageShell, tmp_path: Path) -> None:
    """A record alone is not enough: the image that it names must be the one of today."""
    assert known_shell(Session(tmp_path)) is None
    (tmp_path / ".neve/shell").mkdir(parents=True)
    record = tmp_path / ".neve/shell/image.json"
    for text in (shell.text(), "{", "\xff", replace(shell, project="/elsewhere").text()):
        record.write_text(text)
        assert known_shell(Session(tmp_path)) is None


@pytest.fixture
def on_nixpkgs(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if platform.machine() != "x86_64":
        pytest.skip("the mirror on loopback has amd64 alone")
    world.serve_wheel("lemon", "1.0")
    monkeypatch.setenv("NIX_REMOTE", "daemon")
    directory = tmp_path / "project"
    (directory / "sub").mkdir(parents=True)
    (directory / "pyproject.toml").write_text(PYPROJECT)
    return directory


@pytest.fixture
def nix(tmp_path: Path) -> Path:
    path = tmp_path / "nix"
    path.write_text(f"#!/bin/sh\n{NIX}\n")
    path.chmod(0o755)
    return path


def test_on_nixpkgs_it_is_nix_develop(on_nixpkgs: Path, nix: Path) -> None:
    words = [sys.executable, "-m", "neve", "-q", "--nix", str(nix), "shell", "--", "tool", "a b"]
    environ = {**os.environ, "LC_ALL": "tlh"}
    done = subprocess.run(words, cwd=on_nixpkgs / "sub", env=environ, capture_output=True, text=True, check=False)
    said = done.stdout.splitlines()
    assert done.returncode == 5, done.stderr
    assert said[0] == "develop"
    assert said[-10:-6] == ["shell", "--command", "bash", "-c"]
    assert said[-5:] == ["bash", "tool", "a b", f"in {on_nixpkgs / 'sub'}", "locale tlh"]
    assert said[said.index("sandbox") - 1 : said.index("sandbox") + 2] == ["--option", "sandbox", "true"]
    assert "substituters" not in said  # binary caches are wanted
    assert str(on_nixpkgs / ".neve/nix") in said[said.index("--expr") + 1]
    assert (on_nixpkgs / ".neve/nix/default.nix").is_file()


def test_on_nixpkgs_bash_gets_nix_s_environment(on_nixpkgs: Path, nix: Path) -> None:
    text, data = find_shell(Session(on_nixpkgs, Options(nix=str(nix)))).environment()
    assert text == "PATH=/nix/store/x/bin:$PATH\nexport PATH"
    assert json.dumps(data)


def test_on_nixpkgs_a_store_elsewhere_has_no_path(on_nixpkgs: Path) -> None:
    session = Session(on_nixpkgs)
    nix = Nix(command=("/opt/nix",), version=(2, 28), store=on_nixpkgs / "store", origin="asked for")
    vars(session)["nix"] = nix
    with pytest.raises(NeveError, match="cannot be put on PATH") as caught:
        find_shell(session).environment()
    assert caught.value.where == str(nix.store)


def test_exports_are_evaluated(shell: ImageShell, tmp_path: Path) -> None:
    from neve.stages.shell import _InImage

    odd = tmp_path / "it's $odd"
    odd.mkdir()
    text, data = _InImage(Session(odd), shell).environment()
    done = subprocess.run(
        ["/bin/sh", "-c", f"{text}; command -v app"], capture_output=True, text=True, check=False, env={"PATH": "/bin"}
    )
    assert done.stdout == f"{data['path']}/app\n"
    assert shlex.split(text)[0] == "export"
