"""What a machine refuses: writing, room, namespaces; told with a place and a remedy, and nothing is left."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest

from neve.__main__ import main
from neve.errors import ManyErrors, NeveError
from neve.nix.failure import failure
from neve.nix.find import find_nix
from neve.nix.nix import OWN, Nix
from neve.progress import Silent
from neve.session import Options
from neve.stages.lock import lock_project
from neve.tools import Toolbox
from tests.world import World

PYPROJECT = '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = []\n'


def _quoted(text: str | Path) -> str:
    return shlex.quote(str(text))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    directory = tmp_path / "project ${x} ü"
    directory.mkdir()
    (directory / "pyproject.toml").write_text(PYPROJECT)
    return directory


def test_packages_that_do_not_exist_are_told_with_their_key(world: World, project: Path) -> None:
    (project / "pyproject.toml").write_text(PYPROJECT + '[tool.neve]\nsystem = ["tzdat", "nonesuch-zz"]\n')
    with pytest.raises(ManyErrors) as caught:
        lock_project(world.session(project))
    assert [error.where for error in caught.value.errors] == ["pyproject.toml, tool.neve.system"] * 2
    assert "tzdata" in caught.value.errors[0].fixes[0]
    assert not (project / "neve.lock").exists()


@pytest.mark.parametrize("place", ["project", "cache"])
def test_a_disk_that_is_full(place: str, world: World, project: Path) -> None:
    """In a mount namespace of its own, on a file system of some pages; skipped where that cannot be had."""
    full = project if place == "project" else world.home / "cache"
    full.mkdir(exist_ok=True)
    # Pages of 4 KiB: in the project uv.lock has room, neve.lock has not.
    filler = f"printf %s {_quoted(PYPROJECT)} > pyproject.toml && echo > filler; " if place == "project" else ""
    size = {"project": "16k", "cache": "8k"}[place]
    script = (
        f"mount -t tmpfs -o size={size} none {_quoted(full)} && cd {_quoted(full)} && {filler}"
        f"{_quoted(sys.executable)} -m neve lock -C {_quoted(project)}; echo $?; find {_quoted(full)} -type f"
    )
    run = subprocess.run(["unshare", "-rm", "sh", "-c", script], capture_output=True, text=True, check=False)
    if "mount" in run.stderr or "unshare" in run.stderr:
        pytest.skip(run.stderr)
    status, *left = run.stdout.splitlines()
    assert status == "1", run.stderr
    assert "No space left on device" in run.stderr
    assert "fix: free some space" in run.stderr
    assert "Traceback" not in run.stderr
    assert not [name for name in left if name.endswith((".new", ".neve-new", "neve.lock"))]


def test_a_directory_that_may_only_be_read(world: World, project: Path) -> None:
    lock_project(world.session(project))
    before = {path.name: path.read_bytes() for path in project.iterdir()}
    script = (
        f"mount --bind {_quoted(project)} {_quoted(project)} && mount -o remount,ro,bind {_quoted(project)} && "
        f"cd {_quoted(project)} && {_quoted(sys.executable)} -m neve %s; echo $?"
    )

    def run(words: str) -> tuple[str, str]:
        done = subprocess.run(
            ["unshare", "-rm", "sh", "-c", script % words], capture_output=True, text=True, check=False
        )
        if "mount" in done.stderr or "unshare" in done.stderr:
            pytest.skip(done.stderr)
        return done.stdout.splitlines()[-1], done.stderr

    assert run("lock --check")[0] == "0"  # nothing has to be written
    assert run("info")[0] == "0"
    for words in ("build", "render"):
        status, told = run(words)
        assert status == "1", told
        assert "Read-only file system" in told
        assert "fix: let this user read and write " in told
        assert "Traceback" not in told
    assert {path.name: path.read_bytes() for path in project.iterdir()} == before


def test_a_file_in_the_place_of_neves_directory(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / ".neve").touch()
    assert main(["-C", str(project), "build"]) == 1
    assert "fix: move " in capsys.readouterr().err


def test_no_namespaces_while_building() -> None:
    nix = Nix(command=("/x/nix",), version=(2, 26, 3), store=None, origin=OWN)
    said = (
        "this system does not support the kernel namespaces that are required for sandboxing; use '--no-sandbox' to "
        "disable sandboxing"
    )
    error = failure(nix, "Nix could not build", [said], 1)
    assert error.what == "this machine does not let Nix build in a sandbox"
    assert "--no-sandbox" not in str(error)
    assert error.fixes


def test_what_killed_builds_left_is_removed_after_some_days(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "cache/neve/nix-2.26.3-x/usr/bin/nix"
    toolbox = Toolbox(cache=tmp_path / "cache", progress=Silent())
    monkeypatch.setattr(toolbox, "embedded", lambda _: program)
    monkeypatch.setattr("neve.nix.find._checked", lambda path, _: path)
    store = tmp_path / "store"
    builds = store / "nix/var/nix/builds"
    for name in ("nix-build-old.drv-0/build/closed", "nix-build-new.drv-0/build"):
        (builds / name).mkdir(parents=True)
    (builds / "nix-build-old.drv-0/build/closed").chmod(0o500)
    (store / "nix/var/nix/db").mkdir()
    (store / "nix/var/nix/db/db.sqlite").touch()
    old = time.time() - 30 * 86_400
    os.utime(builds / "nix-build-old.drv-0", (old, old))
    find_nix(toolbox, option="own", environ={**os.environ, "NEVE_STORE": str(store)})
    assert [path.name for path in builds.iterdir()] == ["nix-build-new.drv-0"]


def test_offline_says_what_is_missing(world: World, project: Path) -> None:
    with pytest.raises(NeveError) as caught:
        lock_project(world.session(project, Options(offline=True)))
    assert "--offline" in str(caught.value)
    assert caught.value.code == 1
    assert not (project / "neve.lock").exists()
