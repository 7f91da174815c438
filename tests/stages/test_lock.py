"""Locking a project, from a directory to its lock files, against a mirror and an index on loopback."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.lock.text import read_lock
from neve.python.artefact import wheels_only
from neve.session import Options
from neve.stages.lock import lock_project
from tests.projects import digest
from tests.world import World

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="the mirror on loopback has amd64 alone")
PYPROJECT = '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["lemon"]\n'


@pytest.fixture
def project(world: World, tmp_path: Path) -> Path:
    world.serve_wheel("lemon", "1.0")
    directory = tmp_path / "project"
    directory.mkdir()
    (directory / "pyproject.toml").write_text(PYPROJECT)
    return directory


def configure(project: Path, text: str) -> None:
    (project / "pyproject.toml").write_text(PYPROJECT + text)


def files(project: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in project.iterdir() if path.is_file()}


def test_both_locks_are_made(world: World, project: Path) -> None:
    locked = lock_project(world.session(project))
    assert locked.changed == ("uv.lock", "neve.lock")
    (wheel,) = locked.artefacts
    assert (wheel.name, wheel.version) == ("lemon", "1.0")
    assert read_lock((project / "neve.lock").read_text()) == locked.lock


def test_the_size_that_the_index_does_not_give_is_asked_for(world: World, project: Path) -> None:
    locked = lock_project(world.session(project))
    (wheel,) = wheels_only(locked.artefacts)
    assert wheel.size == len(world.server.files["/files/lemon-1.0-py3-none-any.whl"])
    assert locked.lock.sizes == {wheel.sha256: wheel.size}


def test_what_is_fresh_is_left_alone_and_asks_nobody(world: World, project: Path) -> None:
    first = lock_project(world.session(project))
    before = files(project)
    world.server.seen.clear()
    again = lock_project(world.session(project))
    assert (again.lock, again.artefacts, again.changed) == (first.lock, first.artefacts, ())
    assert files(project) == before
    assert world.server.seen == []


def test_a_wish_for_the_base_refreshes_neve_lock_alone(world: World, project: Path) -> None:
    lock_project(world.session(project))
    configure(project, '[tool.neve]\nsystem = ["tar"]\n')
    locked = lock_project(world.session(project))
    assert locked.changed == ("neve.lock",)
    assert [pin.name for pin in locked.lock.debian[0].packages["system"]] == ["tar"]


def test_a_stale_uv_lock_is_not_refreshed(world: World, project: Path) -> None:
    lock_project(world.session(project))
    before = files(project)
    (project / "pyproject.toml").write_text(PYPROJECT.replace('"lemon"', '"lemon<9"'))
    with pytest.raises(NeveError, match=r"uv\.lock is not fresh"):
        lock_project(world.session(project))
    assert files(project)["uv.lock"] == before["uv.lock"]


def test_a_stale_uv_lock_is_refreshed_on_request_and_keeps_its_versions(world: World, project: Path) -> None:
    lock_project(world.session(project))
    world.serve_wheel("lemon", "2.0")
    (project / "pyproject.toml").write_text(PYPROJECT.replace('"lemon"', '"lemon<9"'))
    with pytest.raises(NeveError, match=r"uv\.lock is not fresh"):
        lock_project(world.session(project), refresh=True, check=True)
    refreshed = lock_project(world.session(project), refresh=True)
    assert "uv.lock" in refreshed.changed
    assert refreshed.artefacts[0].version == "1.0"
    assert lock_project(world.session(project)).changed == ()


def test_upgrade_takes_newer_versions(world: World, project: Path) -> None:
    lock_project(world.session(project))
    world.serve_wheel("lemon", "2.0")
    assert lock_project(world.session(project)).artefacts[0].version == "1.0"
    assert lock_project(world.session(project), upgrade=True).artefacts[0].version == "2.0"


@pytest.mark.parametrize("options", [Options(locked=True), Options(frozen=True)])
def test_no_lock_is_made_where_that_is_forbidden(world: World, project: Path, options: Options) -> None:
    with pytest.raises(NeveError, match=r"uv\.lock is not there"):
        lock_project(world.session(project, options))
    assert list(files(project)) == ["pyproject.toml"]
    lock_project(world.session(project))
    (project / "neve.lock").unlink()
    with pytest.raises(NeveError, match=r"neve\.lock is not there"):
        lock_project(world.session(project, options))
    assert not (project / "neve.lock").exists()


def test_locked_and_frozen_differ_on_what_is_stale(world: World, project: Path) -> None:
    lock_project(world.session(project))
    configure(project, '[tool.neve]\nsystem = ["tar"]\n')
    before = files(project)
    with pytest.raises(NeveError, match=r"neve\.lock is not fresh") as caught:
        lock_project(world.session(project, Options(locked=True)))
    assert "--locked" in (caught.value.why or "")
    assert lock_project(world.session(project, Options(frozen=True))).changed == ()
    assert files(project) == before


def test_check_writes_nothing(world: World, project: Path) -> None:
    with pytest.raises(NeveError, match="not there"):
        lock_project(world.session(project), check=True)
    lock_project(world.session(project))
    assert lock_project(world.session(project), check=True).changed == ()
    configure(project, '[tool.neve]\nsystem = ["tar"]\n')
    before = files(project)
    with pytest.raises(NeveError, match="not fresh"):
        lock_project(world.session(project), check=True)
    assert files(project) == before


def test_offline_with_warm_locks(world: World, project: Path) -> None:
    lock_project(world.session(project))
    assert lock_project(world.session(project, Options(offline=True))).changed == ()


def test_a_failure_leaves_nothing_half_written(world: World, project: Path) -> None:
    configure(project, '[tool.neve]\nsystem = ["nowhere"]\n')
    with pytest.raises(NeveError, match="nowhere"):
        lock_project(world.session(project))
    assert set(files(project)) == {"pyproject.toml", "uv.lock"}


def test_a_neve_lock_that_is_broken(world: World, project: Path) -> None:
    lock_project(world.session(project))
    (project / "neve.lock").write_text("version = [")
    with pytest.raises(NeveError, match=r"neve\.lock"):
        lock_project(world.session(project))
    assert lock_project(world.session(project), upgrade=True).changed == ("neve.lock",)


def test_pins_are_those_of_the_mirror(world: World, project: Path) -> None:
    lock = lock_project(world.session(project)).lock
    (pin,) = [pin for pin in lock.debian[0].packages["base"] if pin.name == "libc6"]
    assert pin.sha256 == digest("libc6 1.0")


def test_an_index_without_uv(world: World, project: Path) -> None:
    for path in [path for path in world.server.files if path.startswith("/simple/uv/")]:
        del world.server.files[path]
    with pytest.raises(NeveError) as caught:
        lock_project(world.session(project))
    told = str(caught.value)
    assert "uv==" in told
    assert "neve itself installs with it" in told
    assert "build-system" not in told
