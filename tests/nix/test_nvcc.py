"""The nvcc of a CUDA toolkit: what it makes has the same names in it in each build. A stand-in tells what it sees."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from neve.resources import nix_library

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


def _start(nvcc: Path, temporary: Path, *words: str, **variables: str) -> subprocess.Popen[str]:
    temporary.mkdir(exist_ok=True)
    environ = {"PATH": os.environ["PATH"], "TMPDIR": str(temporary), **variables}
    return subprocess.Popen([nvcc, *words], stdout=subprocess.PIPE, text=True, env=environ)


@pytest.fixture
def busybox() -> str:
    """A busybox, where it may make namespaces."""
    found = shutil.which("busybox")
    if found is None or subprocess.run([found, "unshare", "-m", "-p", "-f", "true"], check=False).returncode:
        pytest.skip("it takes busybox and the right to make namespaces")
    return found


def test_calls_at_the_same_time_have_the_same_names(busybox: str, tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    nvcc = _nvcc(tmp_path / "bin", busybox)
    calls = [_start(nvcc, temporary, "-c", "a b.cu") for _ in range(4)]
    said = {call.communicate()[0] for call in calls}
    assert said == {f"number 1 in {temporary}/nvcc -c a b.cu\ntmpxft_1\n"}
    assert {call.returncode for call in calls} == {3}
    assert [path.name for path in temporary.rglob("*")] == ["nvcc"]


def test_what_a_killed_call_left_is_not_in_the_way(busybox: str, tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    nvcc = _nvcc(tmp_path / "bin", busybox)
    (temporary / "nvcc").mkdir(parents=True)
    (temporary / "nvcc" / "tmpxft_1").touch()
    said = _start(nvcc, temporary, "-c").communicate()[0]
    assert said == f"number 1 in {temporary}/nvcc -c\ntmpxft_1\n"


def test_without_namespaces_it_compiles_all_the_same(tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    call = _start(_nvcc(tmp_path / "bin", "false"), temporary, "-c")
    assert f" in {temporary} -c\n" in call.communicate()[0]
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
