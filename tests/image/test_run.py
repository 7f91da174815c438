from __future__ import annotations

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from neve.image.layout import Layout
from tests.image.layouts import busybox, layout, unpacked

ROOT = Path(__file__).parents[2]
CONFIG = {
    "Entrypoint": ["/bin/sh", "-c"],
    "Cmd": ['id -u; id -g; pwd; cat data; echo "$MODE"'],
    "User": "serve",
    "WorkingDir": "/app",
    "Env": ["MODE=prod"],
}
EXPECTED = ["1234", "1235", "/app", "data", "prod"]
# What lets runc start a container where a cgroup, a network or higher limits are not to be had.
MODEST = "--network=none --ulimit nofile=1024:1024 --ulimit nproc=1000:1000"


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    if shutil.which("bwrap") is None:
        pytest.skip("bwrap is not installed")
    directory = tmp_path_factory.mktemp("image")
    tree = busybox()
    return {
        "layout": str(layout(directory / "layout", [tree], config=CONFIG)),
        "rootfs": str(unpacked(tree, directory / "rootfs")),
    }


@pytest.fixture(scope="module")
def podman(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A podman with a storage of its own."""
    program, runc = shutil.which("podman"), shutil.which("runc")
    if program is None or runc is None or os.geteuid() != 0:
        pytest.skip("podman and runc are not installed, or the tests do not run as root")
    storage = tmp_path_factory.mktemp("podman")
    command = f"{program} --root {storage}/root --runroot {storage}/run --runtime {runc}"
    yield command
    subprocess.run([*command.split(), "rm", "--all", "--force"], capture_output=True, check=False)
    subprocess.run([*command.split(), "rmi", "--all", "--force"], capture_output=True, check=False)


def command(settings: dict[str, str], *arguments: str) -> list[str]:
    return [sys.executable, "-m", "tests.image.runner", json.dumps(settings), *arguments]


def run(
    settings: dict[str, str], *arguments: str, path: Path | None = None, **options: Any
) -> subprocess.CompletedProcess[str]:
    environ = dict(os.environ)
    if path is not None:
        environ["PATH"] = f"{path}:{environ['PATH']}"
    return subprocess.run(
        command(settings, *arguments),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=environ,
        **options,
    )


def script(directory: Path, name: str, text: str) -> Path:
    directory.mkdir(exist_ok=True)
    (directory / name).write_text(f"#!/bin/sh\n{text}\n")
    (directory / name).chmod(0o755)
    return directory


def test_bubblewrap(image: dict[str, str], tmp_path: Path) -> None:
    wrapped = image | {"engine": "bubblewrap", "bind": str(tmp_path)}
    (tmp_path / "file").write_text("bound")
    assert run(wrapped).stdout.split() == EXPECTED
    assert run(wrapped, "cat /data/here/file; exit 7").stdout == "bound"
    assert run(wrapped, "exit 7").returncode == 7
    assert run(wrapped, "cat", input="piped").stdout == "piped"
    written = run(wrapped, "echo 1 > /tmp/a && echo 2 > $HOME/b && cat /tmp/a $HOME/b; touch /app/c")
    assert written.stdout.split() == ["1", "2"]
    assert "Read-only file system" in written.stderr


def test_bubblewrap_says_which_command_is_not_there(image: dict[str, str], tmp_path: Path) -> None:
    rootfs = unpacked(busybox(), tmp_path / "rootfs")
    (rootfs / "bin/sh").unlink()
    done = run(image | {"engine": "bubblewrap", "rootfs": str(rootfs)}, "true")
    assert (done.returncode, done.stdout) == (127, "")
    assert done.stderr.startswith("the image has no command /bin/sh\n")


def test_bubblewrap_takes_arguments_of_its_own(image: dict[str, str]) -> None:
    own = image | {"engine": "bubblewrap", "engine_args": "--hostname elsewhere --unshare-uts"}
    assert run(own, "cat /proc/sys/kernel/hostname").stdout == "elsewhere\n"


def test_signals_reach_the_command(image: dict[str, str]) -> None:
    wrapped = image | {"engine": "bubblewrap"}
    for number, code in ((signal.SIGTERM, 128 + 15), (signal.SIGUSR1, 5)):
        text = "trap 'exit 5' USR1; echo ready; while :; do sleep 0.1; done"
        with subprocess.Popen(command(wrapped, text), stdout=subprocess.PIPE, cwd=ROOT) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            process.send_signal(number)
            assert process.wait(timeout=20) == code


def test_an_interrupt_of_the_terminal_reaches_the_command_once(image: dict[str, str]) -> None:
    text = "trap 'echo caught' INT; tty >/dev/null && echo ready; sleep 2; sleep 1; echo after; exit 6"
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(ROOT)
        words = command(image | {"engine": "bubblewrap"}, text)
        os.execv(words[0], words)  # noqa: S606
    with os.fdopen(terminal, "r+b", buffering=0) as file:
        output = b""
        while b"ready" not in output:
            output += file.read(100)
        file.write(b"\x03")
        try:
            while data := file.read(100):
                output += data
        except OSError:
            pass  # the other end of the terminal is closed
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 6
    assert output.count(b"caught") == 1
    assert b"after" in output


def test_podman(image: dict[str, str], podman: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = tmp_path / "Odd__Directory"  # podman makes a name of the path, in which this would not be allowed
    odd.mkdir()
    monkeypatch.setenv("TMPDIR", str(odd))
    asked = image | {"engine": podman, "engine_args": MODEST}
    first = run(asked)
    assert first.stdout.split() == EXPECTED, first.stderr
    names = subprocess.run(
        [*podman.split(), "images", "--format", "{{.Repository}}"], capture_output=True, text=True, check=True
    )
    assert names.stdout.split() == ["localhost/neve"]
    assert run(asked, "exit 7").returncode == 7
    assert run(asked, "cat", input="piped").stdout == "piped"


def test_podman_that_is_found(image: dict[str, str], podman: str, tmp_path: Path) -> None:
    modest = f'if [ "$1" = create ]; then shift; exec {podman} create {MODEST} "$@"; fi; exec {podman} "$@"'
    path = script(tmp_path / "bin", "podman", modest)
    result = run(image, path=path)
    assert result.stdout.split() == EXPECTED, result.stderr
    assert result.stderr == ""
    assert run(image, "exit 7", path=path).returncode == 7
    missing = layout(tmp_path / "layout", [busybox()], config={"Cmd": ["nosuch"]})
    result = run(image | {"layout": str(missing)}, path=path)
    assert result.returncode == 127
    assert "not found" in result.stderr
    left = subprocess.run([*podman.split(), "ps", "-aq"], capture_output=True, text=True, check=True)
    assert left.stdout == ""


@pytest.mark.parametrize("fails_at", ["image", "load", "create", "init"])
def test_a_podman_that_cannot_run_containers(image: dict[str, str], tmp_path: Path, fails_at: str) -> None:
    text = f'case "$1" in {fails_at}) echo "Error: no namespaces" >&2; exit 125;; image) exit 1;; esac'
    path = script(tmp_path / "bin", "podman", text)
    result = run(image, path=path)
    assert result.stdout.split() == EXPECTED
    assert "podman cannot run the image here (Error: no namespaces): using bubblewrap" in result.stderr
    asked = run(image | {"engine": "podman"}, path=path)
    if fails_at in ("image", "load"):
        assert asked.returncode == 1
        assert "no namespaces" in asked.stderr
    with_arguments = run(image | {"engine_args": "--network=none"}, path=path)
    assert with_arguments.returncode == 1
    assert with_arguments.stdout == ""


def test_what_a_podman_says_is_cut_unless_all_is_asked_for(image: dict[str, str], tmp_path: Path) -> None:
    text = f'printf "level=warning of something\\nError: {"long " * 60}\\n" >&2; exit 125'
    path = script(tmp_path / "bin", "podman", text)
    result = run(image, path=path)
    assert result.stdout.split() == EXPECTED
    (cause,) = re.findall(r"cannot run the image here \((Error: [^()]*…)\): using bubblewrap", result.stderr)
    assert len(cause) <= 120
    assert "something" not in result.stderr
    whole = run(image | {"verbose": "1"}, path=path)
    assert "long " * 59 in whole.stderr
    assert "something" in whole.stderr


def test_docker(image: dict[str, str], tmp_path: Path, podman: str) -> None:
    archive, loaded = tmp_path / "archive.tar", tmp_path / "loaded"
    text = f"""case "$1" in
        image) echo inspected; [ -e {loaded} ];;
        load) cat > {archive}; touch {loaded};;
        run) echo "$@";;
    esac"""
    path = script(tmp_path / "bin", "docker", text)
    asked = image | {"engine": "docker", "engine_args": "--cpus 1"}
    expected = Layout(Path(image["layout"])).image().config_descriptor.digest.removeprefix("sha256:")
    name = f"localhost/neve:{expected[:32]}"
    for _ in range(2):
        result = run(asked, "a b", path=path)
        assert result.stdout == f"run --rm -i --cpus 1 {name} a b\n", result.stderr
    # What docker was given is the same image: podman shows its configuration's digest.
    subprocess.run([*podman.split(), "load", "-i", str(archive)], capture_output=True, check=True)
    subprocess.run([*podman.split(), "image", "exists", expected], check=True)


def test_docker_that_does_not_load(image: dict[str, str], tmp_path: Path) -> None:
    text = 'case "$1" in image) exit 1;; load) echo "no space" >&2; exit 1;; esac'
    # More than a pipe holds, so that the writer notices.
    large = layout(tmp_path / "layout", [{"large": bytes(range(256)) * 5_000}], compression="")
    settings = image | {"engine": "docker", "layout": str(large)}
    result = run(settings, path=script(tmp_path / "bin", "docker", text))
    assert result.returncode == 1
    assert "docker load failed" in result.stderr
    assert "no space" in result.stderr
