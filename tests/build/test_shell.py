"""A shell in the image: by neve, by wrappers on PATH, and by `nix develop` of the rendered flake."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from neve.files import cache_home
from neve.nix.find import find_nix
from neve.nix.nix import Nix
from neve.progress import Silent
from neve.tools import Toolbox
from tests.build.conftest import Hello
from tests.build.elsewhere import CannotBeMadeError, World, elsewhere
from tests.build.project import Project, example
from tests.build.terminal import Terminal

pytestmark = [pytest.mark.build, pytest.mark.network]

NEVE = [sys.executable, "-m", "neve", "-q"]
WHERE = "import os, sys; print(sys.prefix, os.getcwd(), os.path.realpath('/proc/self/exe'))"
# What is typed is shown too: only what the program prints has the word whole.
SLEEPS = "python -c \"import time; print('as' + 'leep', flush=True); time.sleep(100)\"\n"


@pytest.fixture
def opened(hello: Hello, tmp_path: Path) -> Project:
    """A copy of hello that a test may write in."""
    made = example("hello", tmp_path / "hello")
    for name in ("uv.lock", "neve.lock"):
        shutil.copyfile(hello.project.directory / name, made.directory / name)
    return made


def call(opened: Project, *words: str, cwd: str = ".") -> subprocess.CompletedProcess[str]:
    """``neve shell``, in the directory ``cwd`` of the project."""
    return subprocess.run(
        [*NEVE, "shell", *words], cwd=opened.directory / cwd, capture_output=True, text=True, check=False
    )


def test_it_is_the_image_with_the_project_in_it(opened: Project) -> None:
    done = call(opened, "--", "python", "-c", WHERE, cwd="src/hello")
    assert done.stdout.split() == ["/opt/venv", "/app/src/hello", "/usr/bin/python3.13"], done.stderr
    done = call(opened, "--", "sh", "-c", ". /etc/os-release; echo $VERSION_CODENAME; touch src/made ~/kept; exit 7")
    assert (done.returncode, done.stdout) == (7, "trixie\n"), done.stderr
    made = opened.directory / "src/made"
    assert (made.stat().st_uid, made.stat().st_gid) == (os.getuid(), os.getgid())
    made.unlink()
    assert call(opened, "--", "ls", "/root").stdout == "kept\n"
    assert call(opened, "--", "nosuch").returncode == 127


def test_what_changes_is_in_the_next_shell(opened: Project) -> None:
    assert call(opened, "--", "hello").stdout.startswith("Hello")
    opened.edit("src/hello/__init__.py", "Hello from", "Good morning from")
    first = (opened.directory / ".neve/result-rootfs").readlink()
    assert call(opened, "--", "hello").stdout.startswith("Good morning from")
    assert (opened.directory / ".neve/result-rootfs").readlink() == first  # a large image is not unpacked for that
    assert call(opened, "--", "ls", "/opt/venv/bin/hello2").returncode != 0
    opened.edit("pyproject.toml", "[project.scripts]\n", '[project.scripts]\nhello2 = "hello:main"\n')
    assert call(opened, "--", "hello2").stdout.startswith("Good morning from")


def test_a_person_at_a_terminal(opened: Project) -> None:
    # What comes after neve has the terminal again, though a shell had made itself its foreground.
    script = f'{" ".join(NEVE)} shell; echo "code $?"; read answer; echo "got $answer"'
    with Terminal(["sh", "-c", script], cwd=opened.directory / "src", environ=os.environ) as terminal:
        terminal.until("(hello) /app/src $ ")
        terminal.type(SLEEPS)
        terminal.until("asleep")
        terminal.type("\x03")
        terminal.until("(hello) /app/src $ ")
        terminal.type("echo still $((20 + 1)); exit 7\n")
        terminal.until("still 21")
        terminal.until("code 7")
        terminal.type("answer\n")
        terminal.until("got answer")
        assert terminal.end() == 0


def test_an_interrupt_reaches_the_command(opened: Project) -> None:
    script = "import time; print('ready', flush=True); time.sleep(100)"
    with Terminal([*NEVE, "shell", "--", "python", "-c", script], cwd=opened.directory, environ=os.environ) as terminal:
        terminal.until("ready\n")
        terminal.type("\x03")
        terminal.until("KeyboardInterrupt")
        assert terminal.end() == 130


def test_its_tools_on_path(opened: Project) -> None:
    script = 'eval "$(neve shell --print-env)"; cd src; command -v python; python -c "$1"; exec hello'
    neve = shutil.which("neve", path=str(Path(sys.executable).parent))
    assert neve
    environ = {**os.environ, "PATH": f"{Path(neve).parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["sh", "-c", script, "sh", WHERE], cwd=opened.directory, env=environ, capture_output=True, text=True, check=True
    )
    where, seen, said = done.stdout.splitlines()[:3]
    assert where == f"{opened.directory}/.neve/shell/bin/python"
    assert seen.split()[:2] == ["/opt/venv", "/app/src"]
    assert said.startswith("Hello from Python")
    assert (opened.directory / ".neve/shell/root/opt/venv/bin/hello").is_file()


def test_direnv(opened: Project) -> None:
    direnv = shutil.which("direnv")
    if direnv is None:
        pytest.skip("direnv is not installed (Debian package direnv)")
    opened.neve("init", "--direnv")
    environ = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "XDG_CONFIG_HOME": f"{opened.directory.parent}/config",
        "XDG_DATA_HOME": f"{opened.directory.parent}/data",  # where direnv keeps what it trusts
        "NEVE_STORE": os.environ.get("NEVE_STORE") or f"{Path.home()}/.local/share/neve",
    }
    for words in (["allow"], ["exec", ".", "hello"]):
        done = subprocess.run(
            [direnv, *words], cwd=opened.directory, env=environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Hello from Python")
    opened.edit("pyproject.toml", "[tool.neve]", "[tool.neve]\nnosuch = 1")
    done = subprocess.run(
        [direnv, "exec", ".", "true"], cwd=opened.directory, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "nosuch" in done.stderr


@pytest.mark.parametrize("suite", ["trixie", "forky"])
def test_nix_develop_is_the_image(opened: Project, nix: Nix, suite: str) -> None:
    """With the oldest and the newest Nix that neve knows; as root, also in a chroot store."""
    opened.neve("render", "--locked")
    opened.neve("bootstrap")
    toolbox = Toolbox(cache=cache_home(), progress=Silent())
    program = find_nix(toolbox, option="own", environ={**os.environ, "NEVE_NIX_SUITE": suite})
    develop = replace(program, store=nix.store)
    environ, cwd = develop.environment(), opened.directory / "src"
    if os.geteuid() != 0 and develop.store is not None:
        done = subprocess.run(
            develop.invocation("develop", "-c", "true"),
            cwd=cwd,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert "`neve shell` does" in done.stderr
        return
    words = ["python", "-c", f"{WHERE}; open('made', 'w'); open('/usr/made', 'w')"]
    done = subprocess.run(
        develop.invocation("develop", "-c", *words), cwd=cwd, env=environ, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["/opt/venv", "/app/src", "/usr/bin/python3.13"], done.stderr
    assert done.returncode == 1
    assert "Read-only file system: '/usr/made'" in done.stderr
    (cwd / "made").unlink()
    with Terminal(develop.invocation("develop"), cwd=cwd, environ=environ) as terminal:
        terminal.until("(hello) /app/src $ ")
        terminal.type(SLEEPS)
        terminal.until("asleep")
        terminal.type("\x03")
        terminal.until("(hello) /app/src $ ")
        terminal.type("exit 7\n")
        assert terminal.end() == 7


def test_an_ordinary_user_s_files_are_the_user_s(opened: Project) -> None:
    try:
        with elsewhere(opened, World(user="nobody")) as other:
            printed = other.neve(
                "shell", "--", "sh", "-c", "id -u; touch made ~/kept; python -c 'import numpy; print(1)'"
            )
            assert printed.split() == ["0", "1"]
            assert (other.directory / "made").owner() == "nobody"
            assert (other.directory / ".neve/home/kept").owner() == "nobody"
    except CannotBeMadeError as error:
        pytest.skip(str(error))
