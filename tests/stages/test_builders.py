"""Locking what builds: compilers on Debian, the project's own build, what uv is told of builds, what a build lacked."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.lock.build_answers import with_answers
from neve.lock.model import CudaLock, Lock
from neve.lock.text import read_lock
from neve.nix.failure import BuildError
from neve.nix.lacking import lacking
from neve.python.target import Target
from neve.python.uv import Uv
from neve.session import Options
from neve.stages.failed import explained_failure
from neve.stages.lock import lock_project
from tests.bases.debian.archive import stanza
from tests.libraries.served import publish_contents
from tests.python.sdists import a_sdist_pin, sdist_tar
from tests.recorder import Recorder
from tests.world import World

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="the mirror on loopback has x86_64 alone")

HEAD = '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\n'
BUILD = '[build-system]\nrequires = ["maker"]\nbuild-backend = "%s"\n'
ESSENTIAL = ("bash", "diffutils", "findutils", "grep", "gzip", "hostname", "perl-base", "sed", "tar")
COMPILERS = ("gcc", "libc6-dev", "make", "pkgconf", "python3.13-dev")


@pytest.fixture
def app(world: World, tmp_path: Path) -> Path:
    """A project that setuptools builds."""
    names = {*ESSENTIAL, *COMPILERS} - {"tar"}
    world.publish(*(stanza(name, "1.0") for name in sorted(names - {"gcc"})))
    world.publish(stanza("gcc", "4:14", depends="libcc (= 2), libc6"), stanza("libcc", "2"), stanza("libpq-dev", "17"))
    world.serve_wheel("maker", "1.0")
    world.serve_wheel("maker", "2.0")
    directory = tmp_path / "app"
    directory.mkdir()
    (directory / "pyproject.toml").write_text(HEAD + BUILD % "setuptools.build_meta")
    (directory / "setup.py").write_text("from setuptools import setup\nsetup()\n")
    return directory


def held(directory: Path) -> Lock:
    return read_lock((directory / "neve.lock").read_text())


def test_a_pure_project_needs_no_compiler(world: World, app: Path) -> None:
    lock_project(world.session(app))
    assert held(app).debian[0].build is None
    assert (held(app).build.languages, held(app).build.inputs) == ((), None)


def test_another_torch_than_the_one_that_it_runs_with_is_told(world: World, app: Path) -> None:
    for version in ("2.14.0", "2.15.0"):
        world.serve_wheel("torch", version)
    text = HEAD + 'dependencies = ["torch<2.15", "maker"]\n' + BUILD % "setuptools.build_meta"
    (app / "pyproject.toml").write_text(text.replace('["maker"]', '["maker", "torch"]'))
    recorder = Recorder()
    lock_project(world.session(app, progress=recorder))
    assert [note for note in recorder.notes if "torch" in note] == [
        "app is built with torch 2.15.0 and runs with 2.14.0, where what it compiles may not load: pin"
        ' "torch==2.14.0" in build-system.requires'
    ]
    (app / "pyproject.toml").write_text(text.replace('["maker"]', '["maker", "torch==2.14.0"]'))
    recorder.notes.clear()
    lock_project(world.session(app, progress=recorder))
    assert held(app).build.wheels
    assert not [note for note in recorder.notes if "torch" in note]


def test_what_compiles_is_pinned_besides_the_image(world: World, app: Path) -> None:
    lock_project(world.session(app))
    before = held(app)
    (app / "fast.c").write_text("int x;\n")
    with pytest.raises(NeveError, match="what builds app"):
        lock_project(world.session(app, Options(locked=True)))
    lock_project(world.session(app))
    base, old = held(app).debian[0], before.debian[0]
    assert base.packages == old.packages
    assert base.build is not None
    assert base.build.wanted == tuple(sorted({*COMPILERS, *ESSENTIAL}))
    image = {pin.name for pins in base.packages.values() for pin in pins}
    names = [pin.name for pin in base.build.packages]
    assert names == sorted(({*COMPILERS, *ESSENTIAL, "libcc"}) - image)
    assert "libc6" not in names
    assert held(app).build.languages == ("c",)

    world.server.seen.clear()
    assert lock_project(world.session(app, Options(locked=True))).changed == ()
    assert world.server.seen == []
    (app / "fast.c").unlink()
    lock_project(world.session(app))
    assert held(app) == before


def test_packages_to_build_with(world: World, app: Path) -> None:
    path = app / "pyproject.toml"
    path.write_text(path.read_text() + '[tool.neve.build]\nsystem = ["libpq-dev"]\n')
    lock_project(world.session(app))
    build = held(app).debian[0].build
    assert build is not None
    assert {"libpq-dev", *ESSENTIAL} == {*build.wanted}
    path.write_text(path.read_text().replace("libpq-dev", "libpg-dev"))
    with pytest.raises(NeveError) as caught:
        lock_project(world.session(app))
    assert "there is no package libpg-dev" in caught.value.what
    assert any("libpq-dev" in fix for fix in caught.value.fixes)
    path.write_text(path.read_text().replace("libpg-dev", "Lib;PQ"))
    with pytest.raises(NeveError, match=r"tool\.neve\.build\.system"):
        lock_project(world.session(app))


def test_a_mirror_that_has_moved_on(world: World, app: Path) -> None:
    lock_project(world.session(app))
    world.stanzas[:] = [text.replace("Version: 3.13.5-2", "Version: 3.13.6-1") for text in world.stanzas]
    world.stanzas[:] = [text for text in world.stanzas if "Package: python3.13-dev\n" not in text]
    world.publish(stanza("python3.13-dev", "3.13.6-1", depends="python3.13 (= 3.13.6-1)"))
    (app / "fast.c").write_text("int x;\n")
    with pytest.raises(NeveError) as caught:
        lock_project(world.session(app))
    assert caught.value.what == "python3.13-dev 3.13.6-1 does not fit python3.13 3.13.5-2, which is pinned"
    assert any("--upgrade" in fix for fix in caught.value.fixes)
    lock_project(world.session(app), upgrade=True)
    assert held(app).debian[0].build is not None


def test_uv_is_told_of_builds(world: World, app: Path) -> None:
    path = app / "pyproject.toml"
    world.serve_wheel("extra", "1.0")
    files = {
        "old-1.0/PKG-INFO": "Metadata-Version: 2.2\nName: old\nVersion: 1.0\n",
        "old-1.0/pyproject.toml": BUILD % "flit_core.buildapi",
    }
    world.serve_sdist("old", "1.0", sdist_tar(files))
    path.write_text(path.read_text().replace("[build-system]", 'dependencies = ["old"]\n[build-system]'))
    lock_project(world.session(app))
    assert [wheel.version for wheel in held(app).sdists[0].wheels] == ["2.0"]
    told = '[tool.uv]\nbuild-constraint-dependencies = ["maker<2"]\nextra-build-dependencies = { old = ["extra"] }\n'
    path.write_text(path.read_text() + told)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("UV_NO_CONFIG")
        lock_project(world.session(app), refresh=True)
        (pin,) = held(app).sdists
        assert pin.requires == ("maker", "extra")
        assert [(wheel.name, wheel.version) for wheel in pin.wheels] == [("extra", "1.0"), ("maker", "1.0")]
        assert [(wheel.name, wheel.version) for wheel in held(app).build.wheels] == [("maker", "1.0")]
        assert lock_project(world.session(app)).changed == ()


def test_answers_are_resolved_and_checked(world: World, tmp_path: Path) -> None:
    world.serve_wheel("setuptools", "80.0")
    world.serve_wheel("ninja", "1.0")
    pin = a_sdist_pin("old")
    targets = {"x86_64": (Target(python_full_version="3.13.5", glibc=(2, 41), architecture="x86_64"),)}
    uv = Uv(tmp_path, offline=False)
    pins = {pin.key: (pin, targets)}
    found = with_answers(pins, {pin.key: ("ninja>=1", "x; sys_platform == 'win32'")}, own="x86_64", uv=uv)[pin.key]
    assert (found.requires, found.asked) == (("setuptools", "ninja>=1"), ("ninja>=1",))
    assert [wheel.name for wheel in found.wheels] == ["ninja", "setuptools"]

    same = with_answers(pins, {pin.key: ("setuptools",)}, own="x86_64", uv=uv)[pin.key]
    assert (same.requires, same.asked, same.wheels) == (pin.requires, ("setuptools",), pin.wheels)
    for hostile in ("-r /etc/passwd", "x @ file:///etc/passwd", "a\nb"):
        with pytest.raises(NeveError, match="requirement"):
            with_answers(pins, {pin.key: (hostile,)}, own="x86_64", uv=uv)


def test_what_a_build_lacks_is_named_with_its_package(world: World, app: Path) -> None:
    publish_contents(
        world,
        {
            "usr/include/postgresql/libpq-fe.h": "libpq-dev",
            "usr/bin/flex": "flex",
            "usr/lib/x86_64-linux-gnu/libxml2.so": "libxml2-dev",
        },
    )
    session = world.session(app)
    lock = lock_project(session).lock
    log = [
        "x.c:1:1: fatal error: libpq-fe.h: No such file or directory",
        "/bin/sh: 1: flex: not found",
        "/usr/bin/ld: cannot find -lxml2",
        "error: command 'gcc' failed: No such file or directory",
    ]
    error = explained_failure(session, lock, BuildError("building x failed", fixes=["read"], lacking=lacking(log)))
    assert error.fixes == (
        'system = ["flex", "gcc", "libpq-dev", "libxml2-dev"] under [tool.neve.build], then `neve lock`: the build'
        " needs it",
        "read",
    )
    log = ["neve: x links with libpq.so.5, which the image lacks (package libpq5)", 'Dependency "odd" not found']
    error = explained_failure(session, lock, BuildError("building x failed", lacking=lacking(log)))
    assert error.fixes == (
        'system = ["libpq5"] under [tool.neve]: the image needs it to run',
        "`system` under [tool.neve.build] names the package with the development files of odd",
    )
    log = [
        f"neve: x links with {soname}, which the image lacks (component {wheel})"
        for soname, wheel in (
            ("libcudart.so.12", "nvidia-cuda-runtime-cu12"),
            ("libcublas.so.12", "nvidia-cublas-cu12"),
        )
    ]
    lock = lock.model_copy(update={"cuda": CudaLock(version="12.4", toolkit=("nvcc",))})
    error = explained_failure(session, lock, BuildError("building x failed", lacking=lacking(log)))
    assert error.fixes == (
        'toolkit = ["nvcc", "cublas", "cudart"] under [tool.neve.cuda], then `neve lock`: the image needs it to run',
    )
    plain = NeveError("another")
    assert explained_failure(session, lock, plain) is plain
