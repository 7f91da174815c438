"""What builds for other platforms than this machine's, and what does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from neve.components.plan import Plan, make_plan
from neve.errors import NeveError
from neve.lock.model import Lock
from neve.python.artefact import Artefact
from neve.python.sdist import Sdist
from neve.stages.platforms import builders, check_foreign, must_be_native, platform_output
from tests.projects import HATCHLING, a_lock, a_project, a_wheel
from tests.python.sdists import a_sdist_pin

BOTH = ["linux/amd64", "linux/arm64"]


def a_plan(platforms: list[str], machine: str = "x86_64", base: str = "debian") -> Plan:
    return make_plan(a_project(neve={"platforms": platforms, "base": base}), architecture=machine)


def a_sdist(name: str) -> Sdist:
    pin = a_sdist_pin(name, "1.0")
    return Sdist(name=name, version="1.0", file=pin.file, url=pin.url, sha256=pin.sha256, size=pin.size)


@pytest.mark.parametrize(
    ("platforms", "machine", "architecture", "architectures"),
    [
        ([], "aarch64", "aarch64", ("aarch64",)),
        (["linux/amd64"], "x86_64", "x86_64", ("x86_64",)),
        (["linux/arm64"], "x86_64", "aarch64", ("aarch64", "x86_64")),
        (["linux/arm64", "linux/amd64"], "x86_64", "x86_64", ("aarch64", "x86_64")),
        ([*BOTH, "linux/amd64"], "aarch64", "aarch64", ("x86_64", "aarch64")),
    ],
)
def test_the_machine_builds_for_the_platforms(
    platforms: list[str], machine: str, architecture: str, architectures: tuple[str, ...]
) -> None:
    plan = a_plan(platforms, machine)
    assert (plan.architecture, plan.architectures) == (architecture, architectures)


def test_a_lock_of_several_platforms_is_the_same_on_each_machine() -> None:
    assert a_plan(BOTH).lock_inputs() == a_plan(BOTH, "aarch64").lock_inputs()
    assert a_plan(["linux/amd64"]).lock_inputs() == a_plan([]).lock_inputs()
    assert a_plan(["linux/amd64"], "aarch64").lock_inputs() == a_plan([]).lock_inputs()
    assert len({a_plan(p).lock_inputs() for p in (BOTH, BOTH[:1], BOTH[1:], BOTH[::-1])}) == 4


def test_the_machine_builds_the_sources_of_all() -> None:
    wheel, source = a_wheel("one", "1"), a_sdist("two")
    found: dict[str, tuple[Artefact, ...]] = {"x86_64": (wheel,), "aarch64": (wheel, source)}
    assert builders(a_plan(BOTH), found)["x86_64"] == (wheel, source)
    assert builders(a_plan(BOTH[1:]), {"aarch64": (wheel, source)})["x86_64"] == (source,)
    assert builders(a_plan(BOTH, "aarch64"), found) == found
    assert builders(a_plan(BOTH, base="nixpkgs"), found) == found


def a_lock_with(source: Sdist, languages: tuple[str, ...] = ()) -> Lock:
    pin = a_sdist_pin(source.name, "1.0").model_copy(update={"languages": languages})
    return a_lock(system=()).model_copy(update={"sdists": (pin,)})


def test_a_package_with_a_wheel_for_this_machine_alone_would_have_to_be_compiled() -> None:
    source = a_sdist("two")
    found: dict[str, tuple[Artefact, ...]] = {"x86_64": (a_wheel("two", "1.0"),), "aarch64": (source,)}
    with pytest.raises(NeveError, match="two would have to be compiled for linux/arm64") as caught:
        check_foreign(a_plan(BOTH), a_lock_with(source), found)
    assert [word in " ".join(caught.value.fixes) for word in ("wheel", "machine", "platforms")] == [True] * 3
    check_foreign(a_plan(BOTH, "aarch64"), a_lock_with(source), found)


def test_a_source_that_may_be_pure_is_built_and_looked_at() -> None:
    source = a_sdist("two")
    check_foreign(a_plan(BOTH), a_lock_with(source), {"x86_64": (source,), "aarch64": (source,)})
    check_foreign(a_plan(BOTH[1:]), a_lock_with(source), {"aarch64": (source,)})
    with pytest.raises(NeveError, match="compiled"):
        check_foreign(a_plan(BOTH[1:]), a_lock_with(source, ("c",)), {"aarch64": (source,)})


def test_a_project_that_nvcc_compiles_is_known_before_it_is_built() -> None:
    def check(toolkit: list[str], languages: tuple[str, ...], platforms: list[str], base: str = "debian") -> None:
        neve = {"platforms": platforms, "base": base, "cuda": {"toolkit": toolkit}}
        plan = make_plan(a_project(neve=neve, build=HATCHLING), architecture="x86_64")
        lock = a_lock()
        lock = lock.model_copy(update={"build": lock.build.model_copy(update={"languages": languages})})
        check_foreign(plan, lock, {"x86_64": (), "aarch64": ()})

    with pytest.raises(NeveError, match="app would have to be compiled for linux/arm64") as caught:
        check(["nvcc"], ("c", "c++"), BOTH)
    said = " ".join(caught.value.fixes)
    assert caught.value.where == "tool.neve.platforms"
    assert ("wheel" in said, "on a machine that is linux/arm64" in said) == (False, True)
    check(["nvcc"], ("c", "c++"), BOTH[:1])
    check(["nvcc"], (), BOTH)
    check(["cublas"], ("c", "c++"), BOTH)
    check(["nvcc"], ("c", "c++"), BOTH, "nixpkgs")


def test_what_runs_needs_an_image_for_this_machine() -> None:
    must_be_native(a_plan(BOTH), "a shell opens in the image")
    with pytest.raises(NeveError, match="a shell opens in the image, and none is for this machine") as caught:
        must_be_native(a_plan(BOTH[1:]), "a shell opens in the image")
    assert "linux/amd64" in caught.value.fixes[0]


def test_an_output_of_a_platform() -> None:
    assert platform_output(a_plan(BOTH), "rootfs", None) == ("rootfs", None)
    assert platform_output(a_plan(BOTH), "rootfs", "linux/arm64") == ("images.aarch64.rootfs", "arm64")
    assert platform_output(a_plan([]), "rootfs", "linux/amd64") == ("rootfs", "amd64")
    with pytest.raises(NeveError, match="not for linux/arm64"):
        platform_output(a_plan([]), "rootfs", "linux/arm64")


def test_the_plan_is_otherwise_the_same() -> None:
    one, two = a_plan([]), a_plan(BOTH)
    assert replace(two, platforms=one.platforms, project=one.project) == one


def test_an_image_without_python_is_built_where_it_runs() -> None:
    plan = a_plan(BOTH)
    plan = replace(plan, project=replace(plan.project, has_python=False))
    with pytest.raises(NeveError, match="an image without Python cannot be made for linux/arm64"):
        check_foreign(plan, a_lock(), {"x86_64": (), "aarch64": ()})
    check_foreign(replace(plan, platforms=("x86_64",)), a_lock(), {"x86_64": ()})
