"""Resolving against a mirror and an index on loopback."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from neve.bases.debian.lock import TOOLS
from neve.components.plan import make_plan
from neve.errors import NeveError, TransientError
from neve.fetch import Fetcher
from neve.lock.text import lock_text, read_lock
from neve.progress import Silent
from neve.python.uv import Uv
from tests.bases.debian.archive import stanza
from tests.fetch.server import Step
from tests.projects import a_project
from tests.world import World

FLIT = {"requires": ["flit-core>=3"], "build-backend": "flit_core.buildapi"}


@pytest.fixture(autouse=True)
def _in(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()


def names(pins: tuple[object, ...]) -> list[str]:
    return [str(getattr(pin, "name", "")) for pin in pins]


def test_every_pin(world: World, tmp_path: Path) -> None:
    world.publish(stanza("libdeep"), stanza("ffmpeg", "7:7.1-1", depends="libdeep, libc6 | libmusl"))
    digest = world.serve_wheel("flit-core", "3.9")
    plan = make_plan(a_project(neve={"system": ["ffmpeg"]}, build=FLIT))
    lock = world.resolver(tmp_path / "project").resolve(plan)

    assert lock.inputs == plan.lock_inputs()
    base = lock.debian[0]
    assert (base.release, base.architecture, base.python) == ("trixie", "x86_64", "3.13.5")
    assert (base.main, base.security) == (world.mirrors.main, world.mirrors.security)
    assert list(lock.debian[0].packages) == ["base", "python", "system"]
    assert names(lock.debian[0].packages["base"]) == sorted(plan.packages["base"])
    assert names(lock.debian[0].packages["python"]) == ["python3.13"]
    assert names(lock.debian[0].packages["system"]) == ["ffmpeg", "libdeep"]
    (ffmpeg, _) = lock.debian[0].packages["system"]
    assert (ffmpeg.version, ffmpeg.path) == ("7:7.1-1", "pool/main/f/ffmpeg/ffmpeg_7.1-1_amd64.deb")
    assert ffmpeg.sha256 == hashlib.sha256(b"ffmpeg 7:7.1-1").hexdigest()

    assert set(TOOLS) <= set(names(lock.debian[1].packages))
    assert lock.debian[1].busybox.version == "1.37.0-6"
    assert "musllinux" in lock.debian[1].uv.file
    assert lock.build.requires == ("flit-core>=3",)
    (wheel,) = lock.build.wheels
    assert (wheel.name, wheel.version, wheel.sha256) == ("flit-core", "3.9", digest)
    assert wheel.url == f"{world.server.url}/files/flit_core-3.9-py3-none-any.whl"
    assert read_lock(lock_text(lock)) == lock


def test_an_old_setuptools_gets_wheel(world: World, tmp_path: Path) -> None:
    world.serve_wheel("setuptools", "65.5.1")
    world.serve_wheel("wheel", "0.45")
    plan = make_plan(a_project(build={"requires": ["setuptools<66"], "build-backend": "setuptools.build_meta"}))
    build = world.resolver(tmp_path / "project").resolve(plan).build
    assert build.requires == ("setuptools<66",)
    assert names(build.wheels) == ["setuptools", "wheel"]


def test_the_same_world_gives_the_same_lock(world: World, tmp_path: Path) -> None:
    plan = make_plan(a_project())
    one = world.resolver(tmp_path / "project").resolve(plan)
    assert lock_text(world.resolver(tmp_path / "project").resolve(plan)) == lock_text(one)


def test_security_updates_are_taken(world: World, tmp_path: Path) -> None:
    world.archive.publish("trixie-security", stanza("libc6", "1.1"), root="/debian-security")
    lock = world.resolver(tmp_path / "project").resolve(make_plan(a_project()))
    (pin,) = [pin for pin in lock.debian[0].packages["base"] if pin.name == "libc6"]
    assert (pin.version, pin.archive) == ("1.1", "security")
    assert lock.debian[0].url(pin).startswith(f"{world.mirrors.security}/pool/")


def test_a_package_of_two_groups_lies_in_the_lower(world: World, tmp_path: Path) -> None:
    lock = world.resolver(tmp_path / "project").resolve(make_plan(a_project(neve={"system": ["zlib1g", "dash"]})))
    assert lock.debian[0].packages["system"] == ()
    assert {"zlib1g", "dash"} <= set(names(lock.debian[0].packages["base"]))


def test_a_system_package_that_does_not_exist(world: World, tmp_path: Path) -> None:
    world.publish(stanza("ffmpeg"))
    with pytest.raises(NeveError) as caught:
        world.resolver(tmp_path / "project").resolve(make_plan(a_project(neve={"system": ["ffmpg", "nowhere"]})))
    assert "ffmpeg" in str(caught.value)
    assert "nowhere" in str(caught.value)


def test_an_index_without_a_static_uv(world: World, tmp_path: Path) -> None:
    page = world.server.files["/simple/uv/"]
    world.server.files["/simple/uv/"] = page.replace(b".musllinux_1_1_x86_64", b"")
    world.server.files |= {
        path.replace(".musllinux_1_1_x86_64", ""): content for path, content in world.server.files.items()
    }
    with pytest.raises(NeveError, match="no static uv for x86_64") as caught:
        world.resolver(tmp_path / "project").resolve(make_plan(a_project()))
    assert caught.value.fixes


def test_build_requirements_that_no_index_has(world: World, tmp_path: Path) -> None:
    with pytest.raises(NeveError, match="flit-core"):
        world.resolver(tmp_path / "project").resolve(make_plan(a_project(build=FLIT)))


def test_a_busybox_with_another_hash(world: World, tmp_path: Path) -> None:
    (path,) = [path for path in world.server.files if path.endswith(".deb")]
    world.server.files[path] = world.server.files[path][:-1] + b"x"
    with pytest.raises(NeveError) as caught:
        world.resolver(tmp_path / "project").resolve(make_plan(a_project()))
    assert "busybox" in str(caught.value)


def test_a_mirror_that_answers_500(world: World, tmp_path: Path) -> None:
    world.server.script["/debian/dists/trixie/InRelease"] = [Step(status=500)] * 8
    with pytest.raises(TransientError):
        world.resolver(tmp_path / "project").resolve(make_plan(a_project()))


def test_an_index_that_is_down(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    with pytest.raises(TransientError):
        world.resolver(tmp_path / "project").resolve(make_plan(a_project()))


def test_offline_with_a_cold_cache(world: World, tmp_path: Path) -> None:
    with pytest.raises(NeveError) as caught:
        world.resolver(tmp_path / "project", offline=True).resolve(make_plan(a_project()))
    assert caught.value.code == 1
    assert world.server.seen == []


def test_a_machine_of_another_kind(world: World, tmp_path: Path) -> None:
    with pytest.raises(NeveError, match="arm64"):
        world.resolver(tmp_path / "project").resolve(make_plan(a_project(), architecture="aarch64"))


def test_credentials_of_a_mirror_stay_out(world: World, tmp_path: Path) -> None:
    from neve.bases.debian.mirror import Mirrors
    from neve.lock.resolve import Resolver

    mirrors = Mirrors(
        main=world.mirrors.main.replace("://", "://someone:s3cret@"),
        security=world.mirrors.security,
        origin="the test",
        keyring=world.keyring,
    )
    resolver = Resolver(
        mirrors=mirrors,
        fetcher=Fetcher(tmp_path / "cache", Silent()),
        uv=Uv(tmp_path / "project", offline=False),
        progress=Silent(),
    )
    text = lock_text(resolver.resolve(make_plan(a_project())))
    assert any("authorization" in request.headers for request in world.server.seen)
    assert "s3cret" not in text
