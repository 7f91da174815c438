"""The Python programs of nix/common that builders call."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from neve.resources import nix_library

COMMON = nix_library() / "common"

# What a backend keeps in a set, and in which state it is called a second time.
_BACKEND = """
import os, pathlib, sys
import beside
calls = []
def get_requires_for_build_wheel(settings=None):
    calls.append("requires")
    print("chatter")
    return {requires}
def build_wheel(directory, settings=None, metadata=None):
    print("chatter")
    text = " ".join([*set(map(str, range(9))), *calls, *sys.path[:1], os.environ.get("PYTHONSAFEPATH", "")])
    pathlib.Path(directory, "made.whl").write_text(text)
    return "made.whl"
"""


def _compile(*words: object, stdin: str = "", flags: Sequence[str] = ("-s", "-S")) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, *flags, str(COMMON / "compile.py"), *map(str, words)],
        input=stdin,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


def test_only_regular_files_are_compiled(tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text("x = 1\n")
    (tmp_path / "bad.py").write_text("x =\n")
    (tmp_path / "directory.py").mkdir()
    (tmp_path / "dangling.py").symlink_to("nothing")
    assert _compile(tmp_path) == (0, "")
    names = sorted(str(path) for path in tmp_path.iterdir())
    (cached,) = (tmp_path / "__pycache__").iterdir()
    cached.unlink()
    assert _compile("-", stdin="\n".join(names) + "\n") == (0, "")
    assert [path.name.partition(".")[0] for path in (tmp_path / "__pycache__").iterdir()] == ["good"]


def test_byte_code_is_not_compiled_with_random_hashes(tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text("x = 1\n")
    status, said = _compile(tmp_path, flags=("-I", "-S"))
    assert status == 1
    assert said.startswith("compile.py: hashes are random; call it with PYTHONHASHSEED=0")
    assert not (tmp_path / "__pycache__").exists()


def _built(
    tmp_path: Path,
    requires: Sequence[str],
    own: str = _BACKEND,
    *,
    output: str | None = None,
    script: Path = COMMON / "build_wheel.py",
    **environ: str,
) -> tuple[int, str, str]:
    tools = tmp_path / "tools"
    tools.mkdir(exist_ok=True)
    (tools / "own.py").write_text(own.replace("{requires}", repr(list(requires))))
    (tools / "beside.py").write_text("")
    table = json.dumps({"build-backend": "own", "backend-path": ["tools"]})
    done = subprocess.run(
        [sys.executable, "-s", str(script), str(tmp_path), output or str(tmp_path)],
        env={**os.environ, "PYTHONHASHSEED": "0", "backend": table, **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_each_hook_has_a_process_of_its_own_and_the_same_hashes(tmp_path: Path) -> None:
    made = set()
    for _ in range(3):
        assert _built(tmp_path, ["pytest", 'nothing-like-it; sys_platform == "win32"']) == (
            0,
            "made.whl\n",
            "chatter\nchatter\n",
        )
        made.add((tmp_path / "made.whl").read_text())
    (text,) = made
    assert sorted(text.split(" ")[:9]) == [str(number) for number in range(9)]
    assert text.split(" ")[9:] == [str(tmp_path / "tools"), ""]


def test_temporary_names_are_the_same_each_time(tmp_path: Path) -> None:
    backend = (
        _BACKEND
        + """
import tempfile
def build_wheel(directory, settings=None, metadata=None):
    names = [os.path.basename(tempfile.mkdtemp()), os.path.basename(tempfile.mkdtemp())]
    pathlib.Path(directory, "made.whl").write_text(" ".join(names))
    return "made.whl"
"""
    )
    made = set()
    for number in range(2):
        place = tmp_path / str(number)
        place.mkdir()
        assert _built(place, [], backend, TMPDIR=str(place))[0] == 0
        made.add((place / "made.whl").read_text())
    (text,) = made
    assert len({*text.split()}) == 2


def test_a_backend_that_ends_by_itself_has_said_why(tmp_path: Path) -> None:
    backend = f"{_BACKEND}\ndef build_wheel(*words):\n    raise SystemExit('no compiler')\n"
    assert _built(tmp_path, [], backend) == (1, "", "chatter\nno compiler\n")


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ("nosuch.backend", "no module named nosuch"),
        ("json.nosuch", "no module named json.nosuch"),
        ("json:tool.main", "json has no tool.main"),
    ],
)
def test_a_backend_that_is_not_there_is_named_in_a_line(tmp_path: Path, named: str, why: str) -> None:
    table = json.dumps({"build-backend": named, "backend-path": []})
    said = f'neve: build-system.build-backend "{named}" cannot be imported: {why}\n'
    assert _built(tmp_path, [], backend=table) == (1, "", said)


def test_what_a_backend_lacks_is_shown_where(tmp_path: Path) -> None:
    status, _, error = _built(tmp_path, [], "import nosuch\n")
    assert (status, error.splitlines()[-1]) == (1, "ModuleNotFoundError: No module named 'nosuch'")


def test_a_backend_that_does_not_answer_is_given_up(tmp_path: Path) -> None:
    text = (COMMON / "build_wheel.py").read_text()
    assert "LIMIT = 600" in text
    script = tmp_path / "impatient.py"
    script.write_text(text.replace("LIMIT = 600", "LIMIT = 1"))
    hook = "import time\ndef get_requires_for_build_wheel(settings=None):\n    time.sleep(1000)\n"
    assert _built(tmp_path, [], hook, output="-", script=script) == (
        1,
        "",
        "neve: the build backend does not answer in 1 seconds\n",
    )


def test_what_a_backend_asks_for_is_printed(tmp_path: Path) -> None:
    status, said, _ = _built(tmp_path, ["Nothing_Like.It >= 2"], output="-")
    assert (status, json.loads(said)) == (0, ["Nothing_Like.It >= 2"])


def test_a_backend_without_the_hook_is_asked_for_the_wheel_alone(tmp_path: Path) -> None:
    assert _built(tmp_path, [], _BACKEND.replace("get_requires_for_build_wheel", "other"))[0] == 0


def test_what_a_backend_asks_for_and_nobody_locked_is_named(tmp_path: Path) -> None:
    status, said, error = _built(tmp_path, ["Nothing_Like.It >= 2", "PyTest>=1"])
    assert (status, said) == (1, "")
    assert error.splitlines()[-1] == (
        "build_wheel.py: own asks for Nothing_Like.It >= 2, which is not locked: `neve lock --upgrade` asks it"
        " again; else add it to build-system.requires, or the program to tool.neve.build.system"
    )
    assert not (tmp_path / "made.whl").exists()


@pytest.mark.parametrize("hook", ["get_requires_for_build_wheel", "build_wheel"])
def test_a_backend_that_fails_says_where(tmp_path: Path, hook: str) -> None:
    backend = f"{_BACKEND}\ndef {hook}(*words):\n    raise RuntimeError('no compiler')\n"
    status, said, error = _built(tmp_path, [], backend)
    assert (status, said) == (1, "")
    assert error.splitlines()[-1] == "RuntimeError: no compiler"
