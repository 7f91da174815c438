"""Pinning interpreters: uv is asked, with a list and archives on loopback; it fetches them and knows their hashes."""

from __future__ import annotations

import hashlib
import platform
import tarfile
from pathlib import Path
from typing import Any

import pytest

from neve.components.plan import Plan, make_plan
from neve.errors import NeveError, TransientError
from neve.fetch import Fetcher
from neve.interpreter.provide import interpreter_artefact, pinned_archive
from neve.interpreter.resolve import Asked, resolve_interpreter
from neve.lock.interpreter import InterpreterPin
from neve.lock.text import lock_text, read_lock
from neve.progress import Silent
from neve.python.artefact import wheels_only
from neve.python.uv import Uv
from neve.session import Options
from neve.stages.lock import lock_project
from tests.bases.debian.archive import stanza
from tests.fetch.server import Step
from tests.interpreter.served import Archive, an_archive, entry, offer, tar_of
from tests.projects import a_project
from tests.world import World

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="the archives on loopback are x86_64's")


@pytest.fixture
def patch(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    return monkeypatch


class Mirror:
    """A mirror of interpreters, and neve that pins one of them."""

    def __init__(self, world: World, patch: pytest.MonkeyPatch, directory: Path) -> None:
        self.world, self._patch, self._directory = world, patch, directory
        self.cache = directory / "fetched"

    def has(self, *archives: Archive, credentials: str = "") -> None:
        for key, value in offer(self.world.server, *archives, credentials=credentials).items():
            self._patch.setenv(key, value)
        # uv asks for a list again after ten minutes.
        self._patch.setenv("UV_CACHE_DIR", str(self._directory / f"uv-{len(list(self._directory.iterdir()))}"))

    def fetched(self) -> list[str]:
        return [path for path in self.world.server.paths() if path.endswith(".tar.gz")]

    def kept(self) -> list[str]:
        """The files in the cache."""
        files = [path.name for path in self.cache.rglob("*") if path.is_file()]
        return [name for name in files if not name.endswith(".lock")]

    def pin(
        self, plan: Plan, held: InterpreterPin | None = None, *, upgrade: bool = False, offline: bool = False
    ) -> InterpreterPin:
        fetcher = Fetcher(self.cache, Silent(), offline=offline)
        asked = Asked(uv=Uv(self._directory, offline=offline), fetcher=fetcher, progress=Silent())
        return resolve_interpreter(plan, held, asked, upgrade=upgrade)


@pytest.fixture
def mirror(world: World, patch: pytest.MonkeyPatch, tmp_path: Path) -> Mirror:
    directory = tmp_path / "pinning"
    directory.mkdir()
    return Mirror(world, patch, directory)


def a_plan(python: str = "3.12", requires: str | None = None, platforms: tuple[str, ...] = ()) -> Plan:
    table: dict[str, Any] = {"requires-python": requires} if requires else {}
    return make_plan(a_project(neve={"python": python, "platforms": list(platforms)}, **table))


def test_what_uv_has_verified_is_pinned(mirror: Mirror) -> None:
    wanted = an_archive("3.12.7")
    mirror.has(wanted, an_archive("3.12.5"), an_archive("3.13.9"), an_archive("3.14.1", freethreaded=True))
    pin = mirror.pin(a_plan())
    assert (pin.implementation, pin.version, pin.freethreaded, pin.build) == ("cpython", "3.12.7", False, "20261121")
    (archive,) = pin.archives
    assert (archive.architecture, archive.file) == ("x86_64", wanted.file)
    assert archive.url == mirror.world.server.url + wanted.path
    assert (archive.sha256, archive.size) == (wanted.digest, len(wanted.content))
    # What uv has fetched is not fetched once more.
    fetcher = Fetcher(mirror.cache, Silent(), offline=True)
    (file,) = fetcher.fetch([interpreter_artefact(archive, {})])
    assert hashlib.sha256(file.read_bytes()).hexdigest() == wanted.digest
    assert mirror.fetched() == [wanted.path]
    assert mirror.kept() == [wanted.file]


def test_a_freethreaded_one(mirror: Mirror) -> None:
    wanted = an_archive("3.13.4", freethreaded=True)
    mirror.has(wanted, an_archive("3.13.9"))
    pin = mirror.pin(a_plan("3.13t"))
    assert (pin.version, pin.freethreaded, pin.archives[0].sha256) == ("3.13.4", True, wanted.digest)


def test_what_is_held_stays_until_something_else_is_asked_for(mirror: Mirror) -> None:
    mirror.has(an_archive("3.12.7"), an_archive("3.13.4", freethreaded=True), an_archive("3.13.5"))
    held = mirror.pin(a_plan())
    newer = an_archive("3.12.9")
    mirror.has(newer, an_archive("3.12.7"), an_archive("3.13.4", freethreaded=True), an_archive("3.13.5"))
    mirror.world.server.seen.clear()
    assert mirror.pin(a_plan(), held) == held
    assert not mirror.world.server.seen
    assert mirror.pin(a_plan(), held, upgrade=True).version == "3.12.9"
    assert mirror.pin(a_plan(requires=">3.12.7"), held).version == "3.12.9"
    assert mirror.pin(a_plan(requires="<3.13"), held) == held
    assert mirror.pin(a_plan("3.13t"), held).version == "3.13.4"


def test_an_upgrade_to_the_same_fetches_nothing(mirror: Mirror) -> None:
    mirror.has(an_archive("3.12.7"))
    held = mirror.pin(a_plan())
    mirror.world.server.seen.clear()
    assert mirror.pin(a_plan(), held, upgrade=True) == held
    assert not mirror.fetched()


def test_architectures_have_the_same_version(mirror: Mirror) -> None:
    both = [an_archive("3.12.7", architecture=architecture) for architecture in ("x86_64", "aarch64")]
    mirror.has(*both, an_archive("3.12.9"))
    plan = a_plan(platforms=("linux/amd64", "linux/arm64"))
    pin = mirror.pin(plan)
    assert pin.version == "3.12.7"
    assert {a.architecture: a.sha256 for a in pin.archives} == {a.architecture: a.digest for a in both}


def test_the_architecture_that_lacks_it_is_named(mirror: Mirror) -> None:
    arm = [an_archive(version, architecture="aarch64") for version in ("3.11.4", "3.13.5")]
    mirror.has(an_archive("3.12.7"), an_archive("3.13.5"), *arm)
    plan = a_plan(platforms=("linux/amd64", "linux/arm64"))
    with pytest.raises(NeveError, match=r"uv has no CPython 3\.12 for aarch64") as caught:
        mirror.pin(plan)
    assert "3.13, 3.11" in (caught.value.why or "")
    assert any('"linux/arm64" out of platforms' in fix for fix in caught.value.fixes)
    mirror.has(an_archive("3.12.7"), an_archive("3.12.5", architecture="aarch64"))
    with pytest.raises(NeveError, match="of one version and build for all platforms") as caught:
        mirror.pin(plan)
    assert caught.value.why == "the newest that fit: x86_64: 3.12.7 of 20261121; aarch64: 3.12.5 of 20261121"


def test_another_architecture_joins_what_is_held(mirror: Mirror) -> None:
    mirror.has(an_archive("3.12.7"))
    held = mirror.pin(a_plan())
    arm = an_archive("3.12.7", architecture="aarch64")
    mirror.has(an_archive("3.12.9"), an_archive("3.12.9", architecture="aarch64"), arm)
    plan = a_plan(platforms=("linux/amd64", "linux/arm64"))
    mirror.world.server.seen.clear()
    pin = mirror.pin(plan, held)
    assert (pin.version, pin.archive("x86_64"), pinned_archive(pin, "aarch64").sha256) == (
        "3.12.7",
        held.archives[0],
        arm.digest,
    )
    assert mirror.fetched() == [arm.path]
    mirror.has(an_archive("3.12.9"), an_archive("3.12.9", architecture="aarch64"))
    with pytest.raises(NeveError, match=r"uv has no CPython 3\.12\.7 of 20261121 for aarch64"):
        mirror.pin(plan, held)
    with pytest.raises(NeveError, match=r"neve\.lock has no interpreter for aarch64"):
        pinned_archive(held, "aarch64")


def test_an_archive_that_is_not_what_uv_knows(mirror: Mirror) -> None:
    mirror.has(an_archive("3.12.7", sha256="0" * 64))
    with pytest.raises(NeveError, match=r"uv cannot fetch cpython-3\.12\.7-linux-x86_64-gnu") as caught:
        mirror.pin(a_plan())
    assert "Hash mismatch" in (caught.value.why or "")
    assert caught.value.fixes[0].startswith("try again")
    assert not mirror.kept()


@pytest.mark.parametrize(
    ("requires", "having"),
    [(None, "bookworm: 3.11; trixie: 3.13; forky"), ("<3.13", "bookworm: 3.11"), ("==3.12.*", "")],
)
def test_a_server_of_interpreters_that_does_not_answer(mirror: Mirror, requires: str | None, having: str) -> None:
    archive = an_archive("3.12.7")
    mirror.has(archive)
    mirror._patch.setenv("UV_HTTP_RETRIES", "0")
    mirror.world.server.script[archive.path] = [Step(status=503)] * 9
    with pytest.raises(TransientError) as caught:
        mirror.pin(a_plan(requires=requires))
    (*_, last) = caught.value.fixes
    assert ('interpreter = "base"' in last) == bool(having)
    assert having in last


def test_an_archive_that_uv_knows_no_hash_of(mirror: Mirror) -> None:
    mirror.has(an_archive("3.12.7", sha256=""))
    with pytest.raises(NeveError, match="uv knows no hash") as caught:
        mirror.pin(a_plan())
    assert caught.value.where == mirror.world.server.url + an_archive("3.12.7").path
    assert not mirror.kept()


def test_an_archive_that_is_gone(mirror: Mirror) -> None:
    archive = an_archive("3.12.7")
    mirror.has(archive)
    del mirror.world.server.files[archive.path]
    with pytest.raises(NeveError, match="uv cannot fetch cpython") as caught:
        mirror.pin(a_plan())
    assert "404" in (caught.value.why or "")
    assert not isinstance(caught.value, TransientError)


@pytest.mark.parametrize(
    "member",
    [
        entry("python/../../escaped", "x"),
        entry("/neve-escaped", "x"),
        entry("python/lib/x", kind=tarfile.SYMTYPE, link="/etc"),
    ],
)
def test_an_archive_that_would_write_elsewhere(member: tuple[tarfile.TarInfo, bytes], mirror: Mirror) -> None:
    content = tar_of(entry("python/bin/python3.12", "x"), member)
    mirror.has(Archive(version="3.12.7", content=content))
    with pytest.raises(NeveError, match="not the archive of an interpreter"):
        mirror.pin(a_plan())
    assert not Path("/neve-escaped").exists()
    assert not mirror.kept()


def test_a_version_that_uv_does_not_know(mirror: Mirror) -> None:
    mirror.has(an_archive("3.13.7"), an_archive("3.10.1"))
    with pytest.raises(NeveError, match=r"uv has no CPython 3\.12") as caught:
        mirror.pin(a_plan())
    assert caught.value.why == "the nearest that it has: 3.13, 3.10"


def test_offline(mirror: Mirror) -> None:
    mirror.has(an_archive("3.12.7"))
    held = mirror.pin(a_plan())
    assert mirror.pin(a_plan(), held, offline=True) == held
    with pytest.raises(NeveError) as caught:
        mirror.pin(a_plan("3.12"), None, offline=True)
    assert any("--offline" in text for text in (caught.value.why or "", *caught.value.fixes))


def test_credentials_reach_no_lock(mirror: Mirror) -> None:
    mirror.has(an_archive("3.12.7"), credentials="user:geheim@")
    (archive,) = mirror.pin(a_plan()).archives
    assert archive.url == mirror.world.server.url + an_archive("3.12.7").path


def test_the_mirror_of_the_environment_goes_first(mirror: Mirror) -> None:
    archive = an_archive("3.12.7")
    mirror.has(archive)
    (pinned,) = mirror.pin(a_plan()).archives
    assert interpreter_artefact(pinned, {}).urls == (pinned.url,)
    url = "https://user:geheim@pythons.example/mirror"
    found = interpreter_artefact(pinned, {"UV_PYTHON_INSTALL_MIRROR": f"{url}/"})
    assert found.urls == (url + archive.path, pinned.url)


def test_the_lock_of_a_project(mirror: Mirror, tmp_path: Path) -> None:
    mirror.has(an_archive("3.12.7"))
    world = mirror.world
    world.serve_wheel("lemon", "1.0", tag="cp312-cp312-manylinux_2_17_x86_64")
    world.serve_wheel("lemon", "1.0", tag="cp313-cp313-manylinux_2_17_x86_64")
    world.publish(stanza("libcrypt1"))
    project = tmp_path / "project"
    project.mkdir()
    text = '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["lemon"]\n'
    (project / "pyproject.toml").write_text(f'{text}\n[tool.neve]\npython = "3.12"\n')
    locked = lock_project(world.session(project))
    assert locked.lock.interpreter is not None
    assert locked.lock.interpreter.version == locked.lock.base.python == "3.12.7"
    assert [wheel.file for wheel in wheels_only(locked.artefacts)] == [
        "lemon-1.0-cp312-cp312-manylinux_2_17_x86_64.whl"
    ]
    assert read_lock(lock_text(locked.lock)) == locked.lock
    world.server.script[an_archive("3.12.7").path] = [Step(status=500)]
    again = lock_project(world.session(project, Options(offline=True, locked=True)))
    assert (again.lock, again.changed) == (locked.lock, ())
    (project / "pyproject.toml").write_text(f'{text}\n[tool.neve]\npython = "3.13"\n')
    assert lock_project(world.session(project)).lock.interpreter is None
