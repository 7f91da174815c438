from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from neve.image.shell import ImageShell
from tests.image.layouts import Tree, busybox, unpacked

ROOT = Path(__file__).parents[2]
CONFIG = {
    "Entrypoint": ["serve"],
    "Cmd": ["--all"],
    "User": "1234:1235",
    "WorkingDir": "/app",
    "Env": ["MODE=it's $HOME", "HOME=/home/serve", "LANG=C.UTF-8"],
    "Volumes": {"/app/data": {}, "/cache/x": {}},
}
TOOLS: Tree = {
    "opt": None,
    "opt/venv": None,
    "opt/venv/bin": None,
    "opt/venv/bin/app": b"",
    "opt/venv/bin/pip3": b"",
    "opt/venv/bin/pipdeptree": b"",
    "opt/venv/bin/activate_this.py": b"",
    "opt/venv/bin/python": "/usr/bin/python3",
    "usr/lib": None,
    "usr/lib/locale": None,
    "usr/lib/locale/C.utf8": None,
    "usr/lib/locale/de_DE.utf8": None,
    "root": None,
    "home": None,
}


@pytest.fixture
def shell(tmp_path: Path) -> ImageShell:
    project, home = tmp_path / "project", tmp_path / "home"
    (project / "sub dir").mkdir(parents=True)
    home.mkdir()
    program = shutil.which("bwrap")
    if program is None:
        pytest.skip("bwrap is not installed")
    rootfs = unpacked({**busybox(), **TOOLS}, tmp_path / "rootfs")
    (rootfs / "opt/venv/bin/README").write_text("no program")
    return ImageShell(
        name="app",
        digest="sha256:00",
        rootfs=str(rootfs),
        config=CONFIG,
        project=str(project.resolve()),
        home=str(home),
        bwrap=program,
    )


def run(
    shell: ImageShell, *words: str, cwd: str = "", environ: Mapping[str, str] | None = None, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Call the shell as the wrappers do."""
    record = Path(shell.home).parent / "image.json"
    record.write_text(shell.text())
    program = "import sys; from neve.cli.enter import main; sys.exit(main(sys.argv))"
    return subprocess.run(
        [sys.executable, "-c", program, str(record), *words],
        cwd=Path(shell.project, cwd),
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "python"), **(environ or {})},
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


def test_it_is_written_and_read(shell: ImageShell) -> None:
    assert ImageShell.parse(shell.text()) == shell
    assert ImageShell.parse("{") is None
    assert ImageShell.parse("[]") is None
    assert ImageShell.parse(json.dumps({"name": "of an older neve"})) is None


def test_the_project_is_writable_and_the_caller_s(shell: ImageShell) -> None:
    done = run(shell, "sh", "-c", "id -u; pwd; touch made /app/other ~/kept; touch /usr/x", cwd="sub dir")
    assert done.stdout.split("\n") == ["0", "/app/sub dir", ""]
    assert "Read-only file system" in done.stderr
    made = Path(shell.project, "sub dir/made")
    assert (made.stat().st_uid, made.stat().st_gid) == (os.getuid(), os.getgid())
    assert Path(shell.project, "other").exists()
    assert Path(shell.home, "kept").exists()


def test_the_project_is_seen_at_its_own_path_too(shell: ImageShell) -> None:
    Path(shell.project, "file").write_text("seen")
    assert run(shell, "cat", f"{shell.project}/file").stdout == "seen"


def test_its_own_path_hides_nothing_of_the_image(shell: ImageShell) -> None:
    taken = Path(shell.rootfs, shell.project.lstrip("/"))
    taken.mkdir(parents=True)
    (taken / "file").write_text("the image's")
    Path(shell.project, "file").write_text("the project's")
    assert run(shell, "cat", f"{shell.project}/file").stdout == "the image's"
    assert run(shell, "cat", "/app/file").stdout == "the project's"


def test_a_volume_in_the_project_is_the_project_s_directory(shell: ImageShell) -> None:
    Path(shell.project, "data").mkdir()
    assert run(shell, "touch", "/app/data/made", "/cache/x/made").returncode == 0
    assert Path(shell.project, "data/made").exists()


def test_elsewhere_it_starts_in_the_working_directory(shell: ImageShell, tmp_path: Path) -> None:
    assert run(shell, "pwd", cwd=str(tmp_path)).stdout == "/app\n"


def test_a_home_that_is_the_project_stays_so(shell: ImageShell) -> None:
    inside = replace(shell, config=CONFIG | {"WorkingDir": "/root"})
    assert run(inside, "sh", "-c", "pwd; touch ~/made").stdout == "/root\n"
    assert Path(shell.project, "made").exists()


def test_exit_codes(shell: ImageShell) -> None:
    assert run(shell, "sh", "-c", "exit 7").returncode == 7
    assert run(shell, "sh", "-c", "kill -TERM $$").returncode == 128 + 15
    missing = run(shell, "nosuch")
    assert missing.returncode == 127
    assert "nosuch: not found" in missing.stderr


def test_without_a_terminal_it_reads_commands(shell: ImageShell) -> None:
    done = run(shell, input="echo in $PWD\nexit 3\n")
    assert (done.stdout, done.stderr, done.returncode) == ("in /app\n", "", 3)


def test_the_environment_is_the_image_s(shell: ImageShell) -> None:
    given = {"TERM": "xterm", "COLORTERM": "truecolor", "https_proxy": "http://proxy.example", "SECRET": "x"}
    found = dict(line.split("=", 1) for line in run(shell, "env", environ=given).stdout.splitlines())
    assert found["MODE"] == "it's $HOME"
    assert found["HOME"] == "/root"
    assert found["NEVE_SHELL"] == "app"
    assert {name: found.get(name) for name in given} == given | {"SECRET": None}


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("de_DE.UTF-8", "de_DE.UTF-8"),
        ("C", "C"),
        ("C.UTF-8", "C.UTF-8"),
        ("fr_FR.UTF-8", "C.UTF-8"),
        ("../locale/C.utf8", "C.UTF-8"),
        ("", "C.UTF-8"),
    ],
)
def test_a_locale_that_the_image_lacks_is_not_kept(shell: ImageShell, asked: str, kept: str) -> None:
    assert f"LANG={kept}\n" in run(shell, "env", environ={"LANG": asked}).stdout


def test_an_archive_has_all_locales(shell: ImageShell) -> None:
    Path(shell.rootfs, "usr/lib/locale/locale-archive").touch()
    assert "LANG=fr_FR.UTF-8\n" in run(shell, "env", environ={"LANG": "fr_FR.UTF-8"}).stdout


def test_tools_are_the_programs_of_the_environment(shell: ImageShell) -> None:
    assert shell.tools() == ["app", "pipdeptree", "python"]


def test_what_is_renewed_lies_over_the_rest(shell: ImageShell, tmp_path: Path) -> None:
    new = tmp_path / "new"
    new.write_text("new")
    Path(shell.rootfs, "etc/version").write_text("old")
    renewed = replace(shell, renewed={"/etc/version": str(new)})
    assert run(renewed, "cat", "/etc/version").stdout == "new"
    assert "Read-only file system" in run(renewed, "sh", "-c", "echo x > /etc/version").stderr
    new.unlink()
    assert "no longer in the store" in run(renewed, "true").stderr


def test_an_image_that_is_gone(shell: ImageShell) -> None:
    shutil.rmtree(shell.rootfs)
    done = run(shell, "true")
    assert done.returncode == 1
    assert "no longer in the store" in done.stderr
    assert "direnv reload" in done.stderr


def test_a_record_that_is_broken(shell: ImageShell) -> None:
    record = Path(shell.home).parent / "broken.json"
    record.write_text("{")
    for path in (record, record.with_name("none.json")):
        program = "import sys; from neve.cli.enter import main; sys.exit(main(sys.argv))"
        words = [sys.executable, "-c", program, str(path), "true"]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert str(path) in done.stderr
