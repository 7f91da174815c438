from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.progress import Silent
from neve.tools import BUBBLEWRAP, BUSYBOX, NIX, SKOPEO, Tool, Toolbox, python
from neve.tools import toolbox as toolbox_module
from neve.tools.install import Supply
from neve.tools.machine import Machine, machine
from tests.recorder import Recorder

_TOOL = Tool(name="hello", program="usr/bin/hello", packages=("hello",))


@pytest.fixture
def installs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stands for the archive: counts what is installed."""
    made: list[str] = []

    def stand_in(tool: Tool, _machine: Machine, _supply: Supply, tools: Path) -> Path:
        made.append(tool.name)
        directory = tools / f"{tool.name}-1-abc"
        program = directory / tool.program
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
        return directory

    monkeypatch.setattr("neve.tools.install.install", stand_in)
    monkeypatch.setattr(Toolbox, "_index", lambda *_: None)
    monkeypatch.setattr(Toolbox, "_where", lambda *_: None)
    return made


@pytest.fixture
def on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    def make(name: str, script: str) -> Path:
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    return make


def test_the_second_time_asks_nobody(tmp_path: Path, installs: list[str]) -> None:
    first = Toolbox(cache=tmp_path, progress=Silent()).embedded(_TOOL)
    assert Toolbox(cache=tmp_path, progress=Silent(), offline=True).embedded(_TOOL) == first
    assert installs == ["hello"]


def test_another_definition_is_another_tool(tmp_path: Path, installs: list[str]) -> None:
    toolbox = Toolbox(cache=tmp_path, progress=Silent())
    toolbox.embedded(_TOOL)
    toolbox.embedded(Tool(name="hello", program="usr/bin/hello", packages=("hello",), suite="forky"))
    assert installs == ["hello", "hello"]


@pytest.mark.parametrize("damage", ["", "hello-0-gone", "../../etc", "\0"])
def test_a_record_that_leads_nowhere_is_made_anew(tmp_path: Path, installs: list[str], damage: str) -> None:
    toolbox = Toolbox(cache=tmp_path, progress=Silent())
    path = toolbox.embedded(_TOOL)
    (tmp_path / "tools" / f"hello-{_TOOL.fingerprint(machine().debian)}").write_text(damage)
    assert toolbox.embedded(_TOOL) == path
    assert installs == ["hello", "hello"]


def test_offline_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NeveError) as caught:
        Toolbox(cache=tmp_path, progress=Silent(), offline=True).embedded(SKOPEO)
    assert "--offline" in str(caught.value.why)
    assert "`skopeo`" in caught.value.fixes[1]


def test_path_comes_first(tmp_path: Path, installs: list[str], on_path: Callable[[str, str], Path]) -> None:
    path = on_path("hello", "exit 0")
    assert Toolbox(cache=tmp_path, progress=Silent()).find(_TOOL) == path
    assert installs == []


def test_a_program_on_path_that_does_not_work_is_passed_over(
    tmp_path: Path, installs: list[str], on_path: Callable[[str, str], Path]
) -> None:
    on_path("hello", "exit 127")
    recorder = Recorder()
    toolbox = Toolbox(cache=tmp_path, progress=recorder)
    assert toolbox.find(_TOOL) == toolbox.find(_TOOL) == tmp_path / "tools/hello-1-abc/usr/bin/hello"
    assert installs == ["hello"]
    assert len(recorder.notes) == 1


def test_a_program_that_hangs_is_passed_over(
    tmp_path: Path, installs: list[str], on_path: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toolbox_module, "_PROBE_SECONDS", 0.05)
    on_path("hello", "exec /bin/sleep 60")
    Toolbox(cache=tmp_path, progress=Silent()).find(_TOOL)
    assert installs == ["hello"]


def test_machines_without_tools_are_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    with pytest.raises(NeveError, match="no tools of its own") as caught:
        machine()
    assert "riscv64" in str(caught.value.why)


@pytest.mark.network
@pytest.mark.parametrize("tool", [BUBBLEWRAP, NIX, SKOPEO], ids=lambda tool: tool.name)
def test_real_tools_run_from_a_new_cache(tmp_path: Path, tool: Tool) -> None:
    # A colon and a space are what paths of libraries and of interpreters trip over.
    program = Toolbox(cache=tmp_path / "a: b", progress=Silent()).embedded(tool)
    assert subprocess.run([program, "--version"], capture_output=True, check=False, env={}).returncode == 0


@pytest.mark.network
def test_a_real_busybox_is_static(tmp_path: Path) -> None:
    program = Toolbox(cache=tmp_path, progress=Silent()).embedded(BUSYBOX)
    assert b"unxz" in subprocess.check_output([program, "--list"])
    assert b"ld-linux" not in program.read_bytes()[:4096]


@pytest.mark.network
def test_a_real_interpreter_finds_its_library(tmp_path: Path) -> None:
    program = Toolbox(cache=tmp_path, progress=Silent()).embedded(python("3.13", "trixie"))
    script = "import ssl, sqlite3, ctypes, lzma, sys; print(sys.prefix)"
    printed = subprocess.check_output([program, "-c", script], text=True, env={})
    assert Path(printed.strip()) == program.parents[1]
