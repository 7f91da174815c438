"""Locking a project that depends on source distributions."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.lock.model import Lock
from neve.lock.text import lock_text, read_lock
from neve.progress import Silent
from neve.python.artefact import describe_artefact
from neve.session import Options
from neve.stages.lock import lock_project
from tests.python.sdists import sdist_tar
from tests.world import World

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="the index on loopback has x86_64 alone")

_PROJECT = """\
[project]
name = "app"
version = "1"
requires-python = ">=3.11"
dependencies = ["lemon", "old"]
[tool.neve]
base = "%s"
"""


@pytest.fixture
def project(world: World, tmp_path: Path) -> Path:
    """A project with a wheel and an sdist, whose metadata uv can read without building it (PEP 643)."""
    world.serve_wheel("lemon", "1.0")
    world.serve_wheel("maker", "1.0")
    files = {
        "old-1.0/PKG-INFO": "Metadata-Version: 2.2\nName: old\nVersion: 1.0\n",
        "old-1.0/pyproject.toml": '[build-system]\nrequires = ["maker"]\nbuild-backend = "flit_core.buildapi"\n',
    }
    world.serve_sdist("old", "1.0", sdist_tar(files))
    directory = tmp_path / "app"
    directory.mkdir()
    (directory / "pyproject.toml").write_text(_PROJECT % "nixpkgs")
    return directory


class _Said(Silent):
    """What is said of the stages."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def stage(self, text: str) -> None:
        self.texts.append(text)


def held(directory: Path) -> Lock:
    return read_lock((directory / "neve.lock").read_text())


def test_its_build_requirements_are_locked(world: World, project: Path) -> None:
    locked = lock_project(world.session(project))
    assert [describe_artefact(a)["kind"] for a in locked.artefacts] == ["wheel", "sdist"]
    (pin,) = held(project).sdists
    assert (pin.file, pin.backend, pin.requires) == ("old-1.0.tar.gz", "flit_core.buildapi", ("maker",))
    assert [wheel.file for wheel in pin.wheels] == ["maker-1.0-py3-none-any.whl"]
    assert [target.partition("manylinux")[0] for target in pin.targets] == ["cp313-", "cp313-"]
    assert locked.lock == held(project)


def test_what_is_locked_stays(world: World, project: Path) -> None:
    lock_project(world.session(project))
    before = (project / "neve.lock").read_bytes()
    world.serve_wheel("maker", "2.0")
    world.server.seen.clear()
    assert lock_project(world.session(project)).changed == ()
    assert lock_project(world.session(project, Options(locked=True))).changed == ()
    assert (project / "neve.lock").read_bytes() == before
    assert not any("maker" in path for path in world.server.paths())

    lock_project(world.session(project), upgrade=True)
    assert [wheel.version for wheel in held(project).sdists[0].wheels] == ["2.0"]


def test_what_is_no_longer_needed_goes(world: World, project: Path) -> None:
    lock_project(world.session(project))
    (project / "pyproject.toml").write_text((_PROJECT % "nixpkgs").replace(', "old"', ""))
    lock_project(world.session(project), refresh=True)
    assert held(project).sdists == ()


@pytest.mark.parametrize("options", [Options(), Options(locked=True), Options(frozen=True)])
@pytest.mark.parametrize("whose", ["sdist", "project"])
def test_what_cannot_be_built_for_another_architecture_is_left_out(
    world: World, project: Path, options: Options, whose: str
) -> None:
    world.serve_wheel("cython", "3.0", tag="cp313-cp313-manylinux_2_28_x86_64")
    world.serve_wheel("maker", "2.0", requires=("cython",))
    path = project / "pyproject.toml"
    if whose == "project":
        build = '[build-system]\nrequires = ["maker"]\nbuild-backend = "flit_core.buildapi"\n'
        path.write_text(path.read_text().replace(', "old"', "") + build)
    progress = _Said()
    assert list(lock_project(world.session(project, progress=progress)).environments) == ["x86_64"]
    name = "app" if whose == "project" else "old"
    (note,) = (text for text in progress.texts if "aarch64" in text)
    assert note.startswith(f"nothing for aarch64: {name} cannot be built: ")
    assert "cython" in note

    before = (project / "neve.lock").read_bytes()
    world.server.seen.clear()
    again = lock_project(world.session(project, options))
    assert (list(again.environments), again.changed) == (["x86_64"], ())
    assert (project / "neve.lock").read_bytes() == before
    assert not any("maker" in place for place in world.server.paths())


@pytest.mark.parametrize("whose", ["sdist", "project"])
def test_a_lock_without_the_own_architecture(world: World, project: Path, whose: str) -> None:
    """As one is that was made on a machine of another kind."""
    path = project / "pyproject.toml"
    path.write_text(path.read_text() + '[build-system]\nrequires = ["maker"]\nbuild-backend = "flit_core.buildapi"\n')
    locked = lock_project(world.session(project))
    lock, lacking = locked.lock, {"lacking": {"x86_64": "maker 1.0 has no wheel"}}
    if whose == "sdist":
        lacks = lock.model_copy(update={"sdists": (lock.sdists[0].model_copy(update=lacking),)})
    else:
        lacks = lock.model_copy(update={"build": lock.build.model_copy(update=lacking)})
    (project / "neve.lock").write_text(lock_text(lacks))
    for options in (Options(locked=True), Options(frozen=True)):
        with pytest.raises(NeveError) as caught:
            lock_project(world.session(project, options))
        assert any("neve lock" in fix for fix in caught.value.fixes)
    assert lock_project(world.session(project)).lock == lock


@pytest.mark.parametrize("options", [Options(locked=True), Options(frozen=True)])
def test_a_lock_that_lacks_them(world: World, project: Path, options: Options) -> None:
    lock_project(world.session(project))
    text = (project / "neve.lock").read_text()
    start = text.index("[[sdists]]")
    end = text.find("\n[sizes]", start)
    (project / "neve.lock").write_text(text[:start] + text[end if end > 0 else len(text) :])
    with pytest.raises(NeveError, match=r"lacks what builds old-1\.0\.tar\.gz"):
        lock_project(world.session(project, options))


def test_debian_builds_them_too(world: World, project: Path) -> None:
    (project / "pyproject.toml").write_text(_PROJECT % "debian")
    locked = lock_project(world.session(project))
    assert [describe_artefact(a)["kind"] for a in locked.artefacts] == ["wheel", "sdist"]
    (pin,) = held(project).sdists
    assert pin.targets == ("cp313-manylinux_2_41_x86_64",)
    assert held(project).debian[0].build is None  # nothing is compiled
