"""What an image for GPUs says of itself: its environment, its labels, and the drivers that it admits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from neve.components.plan import make_plan
from neve.cuda.starts import declared_architectures, for_gpus, gpu_settings
from neve.cuda.wheels import CudaWheels
from neve.lock.compat import CompatLock
from neve.lock.model import CudaLock
from tests.projects import a_compat_lock, a_lock, a_project, a_wheel

_COMMON = {"NVIDIA_DRIVER_CAPABILITIES": "compute,utility", "NVIDIA_VISIBLE_DEVICES": "all"}
_WHEELS = CudaWheels(version="12.9", said_by="nvidia-cuda-runtime-cu12", components=(), packages=(), size=None)
_COMPAT = a_compat_lock("13.0")


def _toolkit(version: str) -> CudaLock:
    return CudaLock(version=version, toolkit=("nvcc",))


def _requires(version: str, *architectures: str, compat: CompatLock | None = None) -> str:
    plan = make_plan(a_project(neve={"cuda": {"toolkit": ["nvcc"], "architectures": list(architectures)}}))
    return gpu_settings(plan, None, _toolkit(version), compat).env["NVIDIA_REQUIRE_CUDA"]


def admits(requirement: str, *, cuda: str, arch: str = "8.0", driver: str = "0", brand: str = "GeForce") -> bool:
    """Whether libnvidia-container lets a GPU through (src/cli/dsl.c): alternatives by blanks, conditions by commas."""
    have = {"cuda": cuda, "arch": arch, "driver": driver, "brand": brand}

    def holds(condition: str) -> bool:
        operator = next(each for each in (">=", "<=", "!=", "=", "<", ">") if each in condition)
        name, _, wanted = condition.partition(operator)
        if name == "brand":
            assert operator == "="
            return have[name].lower() == wanted.lower()
        one, other = ([int(part) for part in text.split(".")] for text in (have[name], wanted))
        length = max(len(one), len(other))
        one, other = ([*each, *[0] * (length - len(each))] for each in (one, other))
        return {">=": one >= other, "<": one < other}[operator]

    return any(all(map(holds, each.split(","))) for each in requirement.split())


@pytest.mark.parametrize(("neve", "wheels"), [({}, None), ({"cuda": False}, _WHEELS)])
def test_an_image_for_cpus_says_nothing(neve: dict[str, Any], wheels: CudaWheels | None) -> None:
    assert not gpu_settings(make_plan(a_project(neve=neve)), wheels)


def test_the_table_alone_asks_for_gpus() -> None:
    found = gpu_settings(make_plan(a_project(neve={"cuda": {}})), None)
    assert found.env == _COMMON
    assert not found.labels


@pytest.mark.parametrize(
    ("version", "floor", "driver"), [("12.9", "cuda>=12.0", "525.60.13"), ("13.2", "cuda>=13.0", "580"), ("13", "", "")]
)
def test_wheels_want_the_first_driver_of_their_major_version(version: str, floor: str, driver: str) -> None:
    wheels = CudaWheels(version=version, said_by="cuda-toolkit", components=(), packages=(), size=None)
    found = gpu_settings(make_plan(a_project()), wheels)
    assert found.env == {**_COMMON, "NVIDIA_REQUIRE_CUDA": floor or "cuda>=13.0"}
    assert found.labels == {"dev.neve.cuda.version": version, "dev.neve.cuda.driver": driver or "580"}


def test_a_legacy_image_it_never_is() -> None:
    """CUDA_VERSION without NVIDIA_REQUIRE_CUDA would be a floor of its own."""
    assert "CUDA_VERSION" not in gpu_settings(make_plan(a_project(neve={"cuda": {"version": "12.9"}})), None).env


def test_machine_code_alone_runs_on_the_first_driver() -> None:
    assert _requires("12.9", "8.0", "9.0") == "cuda>=12.0"
    assert _requires("12.9", "9.0a+PTX") == "cuda>=12.0"
    assert _requires("13.0", "8.0+PTX") == "cuda>=13.0"


@pytest.mark.parametrize(
    ("architectures", "old", "new"),
    [
        (("8.0", "9.0+PTX"), ["8.0", "8.9", "9.0"], ["10.0", "12.0", "13.0"]),
        (("8.0+PTX", "12.0"), ["8.6", "12.0", "12.1"], ["9.0", "10.3", "13.0"]),
        (("7.5", "8.0+PTX", "9.0a"), ["7.5", "8.0", "9.0"], ["10.0"]),
        (("7.5", "8.0", "9.0", "12.0+PTX"), ["7.5", "12.1"], ["13.0"]),
        (("7.5+PTX", "8.6+PTX"), ["7.5", "8.6", "8.9"], ["8.0", "9.0"]),
    ],
)
def test_a_gpu_without_machine_code_wants_a_driver_that_knows_the_ptx(
    architectures: Sequence[str], old: Sequence[str], new: Sequence[str]
) -> None:
    requirement = _requires("12.9", *architectures)
    for arch in old:
        assert admits(requirement, cuda="12.0", arch=arch), (requirement, arch)
        assert not admits(requirement, cuda="11.8", arch=arch)
    for arch in new:
        assert not admits(requirement, cuda="12.8", arch=arch), (requirement, arch)
        assert admits(requirement, cuda="12.9", arch=arch)


def test_labels_name_the_architectures_that_were_compiled_for() -> None:
    plan = make_plan(a_project(neve={"cuda": {"toolkit": ["nvcc"], "architectures": ["8.0", "9.0+PTX"]}}))
    assert gpu_settings(plan, None, _toolkit("13.2")).labels == {
        "dev.neve.cuda.version": "13.2",
        "dev.neve.cuda.driver": "580",
        "dev.neve.cuda.architectures": "8.0 9.0+PTX",
    }


def test_compatibility_libraries_admit_older_drivers_of_data_centres() -> None:
    requirement = _requires("13.0", "8.0", compat=_COMPAT)
    assert admits(requirement, cuda="12.2", driver="535.183.01", brand="Tesla")
    assert admits(requirement, cuda="12.8", driver="570.124.06", brand="NVIDIA")
    assert not admits(requirement, cuda="12.2", driver="535.183.01", brand="GeForce")
    assert not admits(requirement, cuda="12.3", driver="545.23.08", brand="Tesla")
    assert not admits(requirement, cuda="11.4", driver="470.57.02", brand="Tesla")
    assert admits(requirement, cuda="13.0", driver="580.65.06", brand="GeForce")
    assert len(requirement) < 4096
    assert "driver>=580" not in requirement, "what the floor admits needs no libraries"


@pytest.mark.parametrize(("wheels", "expected"), [("12", "12.8"), ("12.9", "12.9")])
def test_the_projects_version_is_for_what_packages_leave_open(wheels: str, expected: str) -> None:
    brought = CudaWheels(version=wheels, said_by="cupy-cuda12x", components=(), packages=(), size=None)
    found = gpu_settings(make_plan(a_project(neve={"cuda": {"version": "12.8"}})), brought)
    assert found.labels["dev.neve.cuda.version"] == expected


def test_what_a_project_says_itself_goes_first() -> None:
    env = {"NVIDIA_VISIBLE_DEVICES": "0", "NVIDIA_REQUIRE_CUDA": "cuda>=12.8", "LD_LIBRARY_PATH": "/srv/lib"}
    labels = {"dev.neve.cuda.driver": "570"}
    plan = make_plan(a_project(neve={"image": {"env": env, "labels": labels}}))
    wheel = a_wheel("nvidia-cuda-runtime-cu12", "12.9.79")
    found = for_gpus(plan, a_lock(), [wheel], driver=["/driver"], own=["/lib"])
    assert found.env["NVIDIA_VISIBLE_DEVICES"] == "0"
    assert found.env["NVIDIA_REQUIRE_CUDA"] == "cuda>=12.8"
    assert found.env["NVIDIA_DRIVER_CAPABILITIES"] == "compute,utility"
    assert found.env["LD_LIBRARY_PATH"] == "/srv/lib:/lib:/driver"
    assert found.labels["dev.neve.cuda.driver"] == "570"
    assert found.labels["dev.neve.cuda.version"] == "12.9"
    assert list(found.env) == sorted(found.env)


def test_without_cuda_the_drivers_places_are_not_named() -> None:
    found = for_gpus(make_plan(a_project()), a_lock(), [a_wheel("numpy")], driver=["/driver"])
    assert "LD_LIBRARY_PATH" not in found.env
    cpu = make_plan(a_project(neve={"cuda": False}))
    wheel = a_wheel("nvidia-cuda-runtime-cu12", "12.9.79")
    assert "LD_LIBRARY_PATH" not in for_gpus(cpu, a_lock(), [wheel], driver=["/driver"]).env


@pytest.mark.parametrize(
    ("neve", "declared"),
    [
        ({"cuda": {"toolkit": ["cuda_nvcc"], "architectures": ["8.0"]}}, ("8.0",)),
        ({"cuda": {"toolkit": ["cublas"], "architectures": ["8.0"]}}, ()),
        ({"cuda": {"architectures": ["8.0"]}}, ()),
        (
            {"cuda": {"toolkit": ["cublas"], "architectures": ["8.0"]}, "build": {"system": ["nvidia-cuda-toolkit"]}},
            ("8.0",),
        ),
        ({"cuda": False}, ()),
    ],
)
def test_what_is_declared_counts_where_something_compiles(neve: dict[str, object], declared: tuple[str, ...]) -> None:
    assert declared_architectures(make_plan(a_project(neve=neve))) == declared
