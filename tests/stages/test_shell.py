from __future__ import annotations

import hashlib
import json
import os
import platform
import shlex
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.files import cache_home, write_atomic
from neve.image.shell import ImageShell
from neve.nix.nix import Nix
from neve.session import Options, Session
from neve.stages.build import Built
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
  develop)
    printf '%s\\n' "$@"
    echo 'error (ignored): error: no interactive bash' >&2
    [ -z "$BROKEN" ] || { echo 'error: cannot create a user namespace' >&2; exit 1; }
    while [ "$1" != --command ]; do shift; done
    shift
    exec "$@" ;;
  print-dev-env) printf 'PATH=/nix/store/x/bin:$PATH\\nexport PATH\\nexport NIX_BUILD_TOP="x"\\nexport TMPDIR="x"\\n' ;;
esac"""


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ImageShell:
    tools = tmp_path / "rootfs/opt/venv/bin"
    tools.mkdir(parents=True)
    for name in ("app", "it's"):
        (tools / name).touch(mode=0o755)
    # Stands for bwrap: says what command it is to run.
    bwrap = tmp_path / "bwrap"
    bwrap.write_text('#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done; shift 5\nprintf "%s\\n" "$@"\nexit 3\n')
    bwrap.chmod(0o755)
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return ImageShell(
        name="app",
        digest="sha256:00",
        rootfs=str(tmp_path / "rootfs"),
        config={"WorkingDir": "/app"},
        project=str(tmp_path.resolve()),
        home=str(tmp_path / "home"),
        bwrap=str(bwrap),
    )


def recorded(project: Path, text: str) -> None:
    """Leave ``text`` as what the last shell of ``project`` left."""
    key = hashlib.sha256(str(project.resolve()).encode()).hexdigest()
    write_atomic(cache_home() / "shells" / f"{key}.json", text)


def test_wrappers_run_the_tools(shell: ImageShell, tmp_path: Path) -> None:
    session = Session(tmp_path)
    (tmp_path / ".neve/shell/bin").mkdir(parents=True)
    (tmp_path / ".neve/shell/bin/gone").touch()
    recorded(tmp_path, shell.text())
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
    for text in (shell.text(), "{", "\xff", replace(shell, project="/elsewhere").text()):
        recorded(tmp_path, text)
        assert known_shell(Session(tmp_path)) is None


def test_what_a_project_comes_with_is_not_believed(
    shell: ImageShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The digest of an image is no secret: a repository can hold a record of it that names the host's root."""
    built = Built(digest=shell.digest, layout=tmp_path, reference="app")
    monkeypatch.setattr("neve.stages.image_shell.fresh_build", lambda _: built)
    (tmp_path / ".neve/shell").mkdir(parents=True)
    (tmp_path / ".neve/shell/image.json").write_text(replace(shell, rootfs="/").text())
    assert known_shell(Session(tmp_path)) is None
    recorded(tmp_path, shell.text())
    assert known_shell(Session(tmp_path)) == shell
    home = Path(shell.home)
    home.rmdir()
    home.symlink_to("/")
    assert known_shell(Session(tmp_path)) is None


@pytest.mark.parametrize("name", ["shell", "shell/bin"])
def test_a_link_that_a_project_comes_with_is_not_followed(shell: ImageShell, tmp_path: Path, name: str) -> None:
    precious = tmp_path / "elsewhere/bin/precious"
    precious.parent.mkdir(parents=True)
    precious.touch()
    link = tmp_path / ".neve" / name
    link.parent.mkdir(parents=True)
    link.symlink_to(precious.parent if name == "shell/bin" else precious.parents[1])
    with pytest.raises(NeveError, match="no link") as caught:
        write_wrappers(Session(tmp_path), shell)
    assert caught.value.where == str(link)
    assert precious.exists()


def test_two_may_write_wrappers_at_once(shell: ImageShell, tmp_path: Path) -> None:
    names = [f"tool{number}" for number in range(30)]
    for name in names:
        (tmp_path / "rootfs/opt/venv/bin" / name).touch(mode=0o755)
    for _ in range(10):
        shutil.rmtree(tmp_path / ".neve", ignore_errors=True)
        with ThreadPoolExecutor(4) as pool:
            written = list(pool.map(lambda _: write_wrappers(Session(tmp_path), shell), range(4)))
        assert {path.name for path in written[0].iterdir()} == {"app", "it's", *names}


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


def on_nix(project: Path, nix: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """``neve shell -- WORDS`` in a directory of ``project``."""
    return subprocess.run(
        [sys.executable, "-m", "neve", "-q", "--nix", str(nix), "shell", "--", *words],
        cwd=project / "sub",
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_on_nixpkgs_it_is_nix_develop(on_nixpkgs: Path, nix: Path) -> None:
    script = 'echo "$1" "in $PWD" "locale $LC_ALL"; echo of the tool >&2; exit 5'
    done = on_nix(on_nixpkgs, nix, "sh", "-c", script, "sh", "a b", LC_ALL="tlh")
    said = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (5, "of the tool\n")
    assert said[0] == "develop"
    at = said.index("--command")
    assert said[at - 1 : at + 3] == ["shell", "--command", "bash", "-c"]
    assert said[-1] == f"a b in {on_nixpkgs / 'sub'} locale tlh"
    assert said[said.index("sandbox") - 1 : said.index("sandbox") + 2] == ["--option", "sandbox", "true"]
    assert "substituters" not in said  # binary caches are wanted
    assert str(on_nixpkgs / ".neve/nix") in said[said.index("--expr") + 1]
    assert (on_nixpkgs / ".neve/nix/default.nix").is_file()


def test_on_nixpkgs_a_command_that_is_missing_is_the_shell_s_to_say(on_nixpkgs: Path, nix: Path) -> None:
    done = on_nix(on_nixpkgs, nix, "nosuch")
    assert done.returncode == 127
    assert "nosuch: not found" in done.stderr


def test_on_nixpkgs_a_nix_that_fails_has_the_word(on_nixpkgs: Path, nix: Path) -> None:
    done = on_nix(on_nixpkgs, nix, "true", BROKEN="1")
    assert done.returncode == 1
    assert "cannot create a user namespace" in done.stderr
    assert "interactive bash" not in done.stderr
    assert "fix:" in done.stderr


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGTERM, 9), (signal.SIGKILL, -signal.SIGKILL)])
def test_on_nixpkgs_signals_reach_the_command(on_nixpkgs: Path, nix: Path, sent: signal.Signals, code: int) -> None:
    """Where neve itself is killed, its end is a hangup."""
    script = "trap 'echo caught; exit 9' TERM HUP; echo ready; while :; do sleep 0.1; done"
    words = [sys.executable, "-m", "neve", "-q", "--nix", str(nix), "shell", "--", "sh", "-c", script]
    with subprocess.Popen(words, cwd=on_nixpkgs, stdout=subprocess.PIPE, text=True, start_new_session=True) as running:
        assert running.stdout
        while running.stdout.readline() != "ready\n":
            assert running.poll() is None
        running.send_signal(sent)
        assert running.stdout.read() == "caught\n"
        assert running.wait() == code


def test_on_nixpkgs_bash_gets_nix_s_environment(on_nixpkgs: Path, nix: Path) -> None:
    text, data = find_shell(Session(on_nixpkgs, Options(nix=str(nix)))).environment()
    assert text == "PATH=/nix/store/x/bin:$PATH\nexport PATH"
    assert json.dumps(data)


def test_on_nixpkgs_what_is_rendered_is_not_rendered_again(on_nixpkgs: Path, nix: Path) -> None:
    find_shell(Session(on_nixpkgs, Options(nix=str(nix)))).environment()
    rendered = on_nixpkgs / ".neve/nix/wheels.nix"
    rendered.unlink()  # nobody looks: neither the project nor neve changed
    find_shell(Session(on_nixpkgs, Options(nix=str(nix)))).environment()
    assert not rendered.exists()
    (on_nixpkgs / "pyproject.toml").write_text(PYPROJECT + '[tool.neve.image]\nuser = "1000"\n')
    find_shell(Session(on_nixpkgs, Options(nix=str(nix)))).environment()
    assert rendered.is_file()


def test_on_nixpkgs_a_store_elsewhere_has_wrappers(on_nixpkgs: Path, nix: Path) -> None:
    """The store is seen at /nix/store in a shell that Nix opens, and there alone."""
    store = on_nixpkgs / "store"
    tools = store / "nix/store/00000000000000000000000000000000-env/bin"
    tools.mkdir(parents=True)
    for name in ("python", "app"):
        (tools / name).touch(mode=0o755)
    session = Session(on_nixpkgs)
    vars(session)["nix"] = Nix(command=(str(nix),), version=(2, 28), store=store, origin="asked for")
    text, data = find_shell(session).environment()
    directory = on_nixpkgs / ".neve/shell/bin"
    assert text == f'export PATH={directory}:"$PATH"'
    assert data == {"path": str(directory), "tools": ["app", "python"]}
    wrapper = (directory / "app").read_text().splitlines()
    assert wrapper[0] == "#!/bin/sh"
    assert wrapper[1].endswith(f' -m neve -q -C {on_nixpkgs} shell -- app "$@"')


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
