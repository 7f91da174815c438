"""An image for GPUs finds the driver on every kind of host, under every kind of runtime, as any user."""

from __future__ import annotations

import dataclasses
import json
import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from neve.bases.debian.compat import MIRROR
from tests.build.gpu_hosts import Host, a_compat_mirror, a_driver, apptainer, cdi, device_plugin, legacy, with_links
from tests.build.layers import entries
from tests.build.project import Built, Project, document, output, project

pytestmark = [
    pytest.mark.build,
    pytest.mark.network,
    pytest.mark.skipif(platform.machine() != "x86_64", reason="the hosts that are made up are x86_64"),
]
_PYPROJECT = """
[project]
name = "gpu"
version = "1"
requires-python = ">=3.13"

[tool.neve]
system = ["libstdc++6"]

[tool.neve.cuda]
version = "13.0"
compat = true
"""
# The driver's version, where its library lies, which libstdc++ is loaded, and where Triton would look: where its own
# variable says, then where ldconfig knows, then in LD_LIBRARY_PATH.
_ASK = """
import ctypes, json, os, subprocess
cuda = ctypes.CDLL("libcuda.so.1")
ctypes.CDLL("libstdc++.so.6")
version = ctypes.c_int()
status = cuda.cuInit(0)
cuda.cuDriverGetVersion(ctypes.byref(version))
maps = [line.split()[-1] for line in open("/proc/self/maps")]
place = lambda name: next(path for path in maps if name in path)
listed = subprocess.check_output(["/sbin/ldconfig", "-p"], text=True).splitlines()
found = [os.path.dirname(line.split()[-1]) for line in listed if "libcuda.so.1" in line]
named = os.environ.get("LD_LIBRARY_PATH", "").split(":")
triton = [os.environ["TRITON_LIBCUDA_PATH"]] if "TRITON_LIBCUDA_PATH" in os.environ else found or named
triton = [path for path in triton if os.path.exists(os.path.join(path, "libcuda.so.1"))]
print(json.dumps({
    "status": status, "version": version.value, "libcuda": place("libcuda.so"), "libstdc++": place("libstdc++.so"),
    "triton": bool(triton), "uid": os.getuid(),
}))
"""
_LIBRARIES = "/usr/lib/x86_64-linux-gnu"
_NIXOS = "/nix/store/7g2gkfhrz0ixg0vmv5z9ckrd8vbxrbsh-nvidia-x11-550.54.14/lib"


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_driver(tmp_path_factory.mktemp("driver") / "files")


@pytest.fixture(scope="module")
def installed(driver: Path) -> Path:
    return with_links(driver, driver.parent / "installed")


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Built]:
    """An image with forward compatibility libraries of a repository in a directory."""
    place = tmp_path_factory.mktemp("gpu")
    mirror = a_compat_mirror(place, "13.0", "580.105.08")
    made = project(place / "project", _PYPROJECT, {"main.py": ""})
    made = dataclasses.replace(made, environ={**os.environ, MIRROR: mirror})
    return made, made.build("--check")


@pytest.fixture(scope="module")
def loaded(image: tuple[Project, Built], podman: list[str], tmp_path_factory: pytest.TempPathFactory) -> str:
    archive = tmp_path_factory.mktemp("archive") / "image.tar"
    image[0].neve("build", "--archive", str(archive))
    return output(*podman, "load", "--quiet", "--input", archive).rpartition("Loaded image: ")[2]


@pytest.fixture
def ask(podman: list[str], container: list[str], loaded: str, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Start the image on a host; what it says of the driver."""

    def started(host: Host, *arguments: str) -> dict[str, Any]:
        run = container[len(podman) :]
        environ = [f"--env={name}={value}" for name, value in host.environ.items()]
        words = [*podman, *host.hooks(tmp_path / "hooks"), *run, *host.arguments, *environ, *arguments]
        found = document(*words, "--entrypoint", "python", loaded, "-c", _ASK)
        assert isinstance(found, dict)
        return found

    return started


def _finds(said: dict[str, Any], libcuda: str, version: int = 12040) -> None:
    assert (said["status"], said["version"]) == (0, version), said
    assert said["libcuda"].startswith(libcuda), said
    assert said["libstdc++"].startswith(f"{_LIBRARIES}/"), "the image's own stays first"
    assert said["triton"], said


@pytest.mark.parametrize("arguments", [(), ("--user=1234:1234",), ("--read-only", "--user=1234:1234")])
def test_the_hook_of_old(ask: Callable[..., dict[str, Any]], driver: Path, arguments: tuple[str, ...]) -> None:
    _finds(ask(legacy(driver, _LIBRARIES), *arguments), f"{_LIBRARIES}/libcuda.so.550")


@pytest.mark.parametrize(
    "place", [_LIBRARIES, f"{_LIBRARIES}/nvidia/current", "/usr/lib64", "/usr/lib/wsl/lib", _NIXOS]
)
def test_cdi_keeps_the_hosts_path(ask: Callable[..., dict[str, Any]], driver: Path, place: str) -> None:
    """Debian and Ubuntu, Debian's own packages, Fedora, WSL, NixOS."""
    _finds(ask(cdi(driver, place), "--read-only", "--user=1234:1234"), f"{place}/libcuda.so.550")


def test_a_device_plugin_runs_nothing(ask: Callable[..., dict[str, Any]], installed: Path) -> None:
    said = ask(device_plugin(installed), "--read-only", "--user=1234:1234")
    _finds(said, "/usr/local/nvidia/lib64/libcuda.so.550")


def test_apptainer_appends_its_directory(
    ask: Callable[..., dict[str, Any]], installed: Path, image: tuple[Project, Built]
) -> None:
    _finds(ask(apptainer(installed, _env(image[1])["LD_LIBRARY_PATH"])), "/.singularity.d/libs/libcuda.so.550")


def test_compatibility_libraries_go_before_an_older_driver(ask: Callable[..., dict[str, Any]], driver: Path) -> None:
    said = ask(cdi(driver, _LIBRARIES, compat=True), "--user=1234:1234")
    _finds(said, "/usr/local/cuda-13.0/compat/libcuda.so.580", 13000)


def test_without_a_driver_ldconfig_answers_and_knows_none(container: list[str], loaded: str) -> None:
    printed = output(*container, "--user=1234:1234", "--entrypoint", "/sbin/ldconfig", loaded, "-p")
    assert "libstdc++.so.6" in printed
    assert "libcuda" not in printed


def test_the_image_says_what_it_needs(image: tuple[Project, Built]) -> None:
    env = _env(image[1])
    assert env["NVIDIA_VISIBLE_DEVICES"] == "all"
    assert env["NVIDIA_DRIVER_CAPABILITIES"] == "compute,utility"
    assert env["NVIDIA_REQUIRE_CUDA"].startswith("cuda>=13.0 brand=unknown,driver>=535,driver<536 ")
    assert "CUDA_VERSION" not in env
    inspected = document("skopeo", "inspect", "--config", f"oci:{image[1].layout}")
    assert inspected["config"]["Labels"] == {
        "dev.neve.cuda.compat": "13.0",
        "dev.neve.cuda.driver": "580",
        "dev.neve.cuda.version": "13.0",
    }


def test_no_place_of_the_driver_is_the_images_own(image: tuple[Project, Built]) -> None:
    """What LD_LIBRARY_PATH names hides nothing of the image, whatever a host mounts there."""
    names = {each.info.name for each in entries(image[1].layout)}
    places = _env(image[1])["LD_LIBRARY_PATH"].split(":")
    assert places
    assert not [place for place in places if place.strip("/") in names]


def test_the_compatibility_libraries_have_a_layer_of_their_own(image: tuple[Project, Built]) -> None:
    layers: dict[int, dict[str, Any]] = {}
    for each in entries(image[1].layout):
        layers.setdefault(each.layer, {})[each.info.name] = each.info
    (layer,) = (names for names in layers.values() if "usr/local/cuda" in names)
    assert layer["usr/local/cuda"].linkname == "cuda-13.0"
    assert layer["usr/local/cuda-13.0/compat/libcuda.so.1"].linkname == "libcuda.so.580.105.08"
    assert "var/lib/dpkg/status.d/cuda-compat-13-0" in layer
    assert "usr/share/doc/cuda-compat-13-0/copyright" in layer
    assert all(info.uid == info.gid == 0 and info.mtime == 1 for info in layer.values())
    cached = next(e.content for e in reversed(list(entries(image[1].layout))) if e.info.name == "etc/ld.so.cache")
    assert b"/usr/local" not in cached, "a host with a newer driver must not have them"


def _env(built: Built) -> dict[str, str]:
    config = json.loads(output("skopeo", "inspect", "--config", f"oci:{built.layout}"))
    return dict(line.split("=", 1) for line in config["config"]["Env"])
