"""The nvcc of a CUDA toolkit: what it makes has the same names in it in each build. A stand-in tells what it sees."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from neve.resources import nix_library

_OWN = ".neve-nvcc"
_REAL = """\
#!/bin/sh
ls "$TMPDIR"
touch "$TMPDIR/tmpxft_$$"
echo "number $$ in $TMPDIR" "$@"
sleep 0.3
ls "$TMPDIR"
exit 3
"""


def _nvcc(directory: Path, busybox: str, runtime: str = "") -> Path:
    directory.mkdir()
    text = (nix_library() / "debian" / "nvcc.sh").read_text()
    nvcc = directory / "nvcc"
    for path, content in {
        nvcc: text.replace("@busybox@", busybox).replace("@runtime@", runtime),
        directory / "nvcc.real": _REAL,
    }.items():
        path.write_text(content)
        path.chmod(0o755)
    return nvcc


def _start(
    nvcc: Path, temporary: Path, *words: str, within: Sequence[str] = (), **variables: str
) -> subprocess.Popen[str]:
    temporary.mkdir(exist_ok=True)
    environ = {"PATH": os.environ["PATH"], "TMPDIR": str(temporary), **variables}
    return subprocess.Popen(
        [*within, nvcc, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ
    )


@pytest.fixture
def busybox() -> str:
    """A busybox."""
    found = shutil.which("busybox")
    if found is None:
        pytest.skip("it takes busybox")
    return found


@pytest.fixture
def within(busybox: str) -> list[str]:
    """What a command begins with that may make namespaces, as in Nix's sandbox, where builders enter one of users."""
    command = [busybox, "unshare", "-r"]
    if subprocess.run([*command, busybox, "unshare", "-m", "-p", "-f", "true"], check=False).returncode:
        pytest.skip("it takes user namespaces")
    return command


def test_calls_at_the_same_time_have_the_same_names(busybox: str, within: Sequence[str], tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    nvcc = _nvcc(tmp_path / "bin", busybox)
    calls = [_start(nvcc, temporary, "-c", "a b.cu", within=within) for _ in range(4)]
    assert {call.communicate() for call in calls} == {
        (f"number 1 in {temporary}/{_OWN} -c a b.cu\ntmpxft_1\n", ""),
    }
    assert {call.returncode for call in calls} == {3}
    assert [path.name for path in temporary.rglob("*")] == [_OWN]


def test_what_a_killed_call_left_is_not_in_the_way(busybox: str, within: Sequence[str], tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    nvcc = _nvcc(tmp_path / "bin", busybox)
    left = temporary / "tmp.killed"
    for directory in (temporary / _OWN, left):
        directory.mkdir(parents=True)
    (left / "tmpxft_1").touch()
    said = _start(nvcc, temporary, "-c", within=within).communicate()[0]
    assert said == f"number 1 in {temporary}/{_OWN} -c\ntmpxft_1\n"


@pytest.mark.parametrize("name", ["nvcc", _OWN])
def test_what_lies_in_the_directory_for_temporary_files_is_seen(
    busybox: str, within: Sequence[str], name: str, tmp_path: Path
) -> None:
    """A build may have sources there, and put there what it makes."""
    temporary = tmp_path / "tmp"
    nvcc = _nvcc(tmp_path / "bin", busybox)
    (temporary / name).mkdir(parents=True)
    (temporary / name / "k.cu").write_text("kernel")
    (tmp_path / "bin" / "nvcc.real").write_text('#!/bin/sh\ncat "$1"\necho made > "${1%.cu}.o"\n')
    said, told = _start(nvcc, temporary, str(temporary / name / "k.cu"), within=within).communicate()
    assert said == "kernel"
    assert (temporary / name / "k.o").read_text() == "made\n"
    why = f"nvcc: {temporary / _OWN} is not an empty directory, so what it compiles is not the same"
    assert told.startswith(why) if name == _OWN else not told


def test_without_namespaces_it_compiles_all_the_same(tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    call = _start(_nvcc(tmp_path / "bin", "false"), temporary, "-c")
    said, told = call.communicate()
    assert f" in {temporary} -c\n" in said
    assert told == "nvcc: no namespaces can be made here, so what it compiles is not the same, to the byte, each time\n"
    assert call.returncode == 3


@pytest.mark.parametrize(
    ("words", "variables", "runtime", "seen"),
    [
        (["-c"], {"NVCC_CCBIN": "g++-13"}, "shared", "-ccbin g++-13 -cudart shared -c"),
        (["-ccbin=x", "-c"], {"NVCC_CCBIN": "g++-13"}, "", "-ccbin=x -c"),
        (["--cudart", "none"], {}, "shared", "--cudart none"),
        ([], {}, "", ""),
    ],
)
def test_what_it_says_to_the_compiler(
    words: list[str], variables: Mapping[str, str], runtime: str, seen: str, tmp_path: Path
) -> None:
    nvcc = _nvcc(tmp_path / "bin", "false", runtime)
    said = _start(nvcc, tmp_path / "tmp", *words, **variables).communicate()[0]
    assert f" in {tmp_path / 'tmp'} {seen}".rstrip() in {
        f" in {line.partition(' in ')[2]}" for line in said.splitlines()
    }
