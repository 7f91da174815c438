"""Pins of several architectures, against a mirror and an index on loopback."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import pytest

from neve.components.plan import Plan, make_plan
from neve.errors import NeveError
from neve.lock.model import Lock
from neve.lock.text import lock_text, read_lock
from tests.projects import a_project
from tests.world import World

BOTH = ["linux/amd64", "linux/arm64"]
FLIT = {"requires": ["flit-core>=3"], "build-backend": "flit_core.buildapi"}


@pytest.fixture(autouse=True)
def _in(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()


def a_plan(platforms: list[str], machine: str = "x86_64") -> Plan:
    return make_plan(a_project(build=FLIT, neve={"platforms": platforms}), architecture=machine)


def publish(world: World, *, python: str = "3.13.5-2") -> None:
    """The same packages for arm64, and uv for it."""
    own = [text.replace("3.13.5-2", python).replace("_amd64.deb", "_arm64.deb") for text in world.stanzas]
    own = [text.replace("Architecture: amd64", "Architecture: arm64") for text in own]
    for path in [path for path in world.server.files if path.endswith("_amd64.deb")]:
        world.server.files[path.replace("_amd64.deb", "_arm64.deb")] = world.server.files[path]
    empty: dict[str, list[str]] = {"arm64": []}
    world.archive.publish("trixie", *world.stanzas, others={"arm64": own})
    world.archive.publish("trixie-updates", others=empty)
    world.archive.publish("trixie-security", root="/debian-security", others=empty)
    world.serve_wheel(
        "uv", version("uv"), tag="py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64"
    )
    world.serve_wheel("flit-core", "3.9")


def resolved(world: World, tmp_path: Path, plan: Plan, held: Lock | None = None) -> Lock:
    return world.resolver(tmp_path / "project").resolve(plan, held)


def test_every_platform_has_its_pins(world: World, tmp_path: Path) -> None:
    publish(world)
    lock = resolved(world, tmp_path, a_plan(BOTH))
    assert lock.debian[0].architectures == ("x86_64", "aarch64")
    for architecture, name in {"x86_64": "amd64", "aarch64": "arm64"}.items():
        base, tools = lock.debian_of(architecture)
        assert base.architecture == architecture
        assert {pin.path.rpartition("_")[2] for pins in base.packages.values() for pin in pins} == {f"{name}.deb"}
        assert tools.uv.file.endswith(f"_{architecture}.whl")
        assert tools.busybox.path.endswith(f"_{name}.deb")
    assert read_lock(lock_text(lock)) == lock
    assert lock == resolved(world, tmp_path, a_plan(BOTH, "aarch64")), "whatever machine it is made on"


def test_a_machine_that_is_not_there_is_added(world: World, tmp_path: Path) -> None:
    publish(world)
    first = resolved(world, tmp_path, a_plan(BOTH[1:], "aarch64"))
    assert first.debian[0].architectures == ("aarch64",)
    plan = a_plan(BOTH[1:])
    assert (first.inputs, plan.architectures) == (plan.lock_inputs(), ("aarch64", "x86_64"))
    both = resolved(world, tmp_path, plan, first)
    assert both.debian[0].architectures == ("aarch64", "x86_64")
    assert both.debian_of("aarch64") == first.debian_of("aarch64")
    assert {wheel.architecture for wheel in both.build.wheels} == {None}


def test_what_is_held_is_not_asked_for(world: World, tmp_path: Path) -> None:
    publish(world)
    first = resolved(world, tmp_path, a_plan(BOTH))
    world.publish("Package: odd\nVersion: 1\nArchitecture: amd64\nFilename: pool/o/odd.deb\nSize: 1\nSHA256: 0\n")
    assert resolved(world, tmp_path, a_plan(BOTH), first) == first, "the mirror has no arm64 any more"


def test_one_interpreter_compiles_for_all(world: World, tmp_path: Path) -> None:
    publish(world, python="3.13.4-1")
    with pytest.raises(NeveError, match="different Pythons") as caught:
        resolved(world, tmp_path, a_plan(BOTH))
    assert "x86_64 has 3.13.5, aarch64 has 3.13.4" in (caught.value.why or "")
    assert any("--upgrade" in fix for fix in caught.value.fixes)


def test_a_mirror_without_the_platform(world: World, tmp_path: Path) -> None:
    with pytest.raises(NeveError, match="no packages for arm64"):
        resolved(world, tmp_path, a_plan(BOTH))
