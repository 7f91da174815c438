"""Libraries that an image has of a CUDA toolkit are not missed."""

from __future__ import annotations

import hashlib
import platform
from pathlib import Path

import pytest

from neve.libraries.report import Report
from neve.stages.libraries import find_missing
from neve.stages.lock import lock_project
from tests.bases.debian.archive import stanza
from tests.libraries.elves import elf
from tests.libraries.served import a_wheel_with, project, publish_contents, serve
from tests.stages.test_lock_cuda import serve_toolkit
from tests.world import World

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="the mirror on loopback has amd64 alone")

_EXTRAS = {"cublas": "cublas", "nvrtc": "cuda-nvrtc"}
_LIB = "nvidia/cu13/lib"
_CUBLAS = {
    f"{_LIB}/libcublas.so.13": elf(soname="libcublas.so.13", needed=["libcublasLt.so.13", "libnvrtc.so.13"]),
    f"{_LIB}/libcublasLt.so.13": elf(soname="libcublasLt.so.13", needed=["libnuma.so.1"]),
    f"{_LIB}/stubs/libcuda.so": elf(soname="libcuda.so.1"),
}
_NVRTC = {f"{_LIB}/libnvrtc.so.13": elf(soname="libnvrtc.so.13")}
_FRUIT = {"fruit.abi3.so": elf(needed=["libcublas.so.13", "libcuda.so.1", "libcudart.so.13"])}


@pytest.fixture
def cuda(world: World, tmp_path: Path) -> Path:
    """A project with a wheel that needs what no package has; the toolkit's wheels hold it."""
    world.publish(stanza("libnuma1", "2.0.19-1"))
    publish_contents(world, {"usr/lib/x86_64-linux-gnu/libnuma.so.1": "libnuma1"})
    serve_toolkit(world, "13.2.1", _EXTRAS)
    serve(world, "fruit", "1.0", _FRUIT)
    for name, files in (("cublas", _CUBLAS), ("cuda-nvrtc", _NVRTC)):
        stem = f"nvidia_{name.replace('-', '_')}"
        file = f"{stem}-13.2.1.1-py3-none-manylinux_2_17_x86_64.whl"
        world.server.files[f"/files/{file}"] = content = a_wheel_with(stem, "13.2.1.1", files)
        page = world.server.files[f"/simple/nvidia-{name}/"].decode()
        world.server.files[f"/simple/nvidia-{name}/"] = _with_hash(page, file, content)
    return tmp_path / "p"


def _with_hash(page: str, file: str, content: bytes) -> bytes:
    before, _, after = page.partition(f"{file}#sha256=")
    return f"{before}{file}#sha256={hashlib.sha256(content).hexdigest()}{after[64:]}".encode()


def _needs(report: Report) -> list[tuple[str, str, str | None]]:
    return [(each.name, each.soname, each.package) for each in report.missing]


def test_a_toolkits_libraries_are_there_and_have_needs_of_their_own(world: World, cuda: Path) -> None:
    directory = project(cuda, "fruit", neve='[tool.neve.cuda]\nversion = "13.2"\ntoolkit = ["cublas"]\n')
    session = world.session(directory)
    report = find_missing(session, lock_project(session), fetch=True)
    assert _needs(report) == [("fruit", "libcudart.so.13", None), ("nvidia-cublas", "libnuma.so.1", "libnuma1")]
    assert report.drivers == (("libcuda.so.1", "fruit"),), "a stub is no driver"

    # Without the toolkit they are missed, whatever was found out before.
    directory = project(cuda, "fruit")
    session = world.session(directory)
    report = find_missing(session, lock_project(session), fetch=True)
    assert _needs(report) == [("fruit", "libcublas.so.13", None), ("fruit", "libcudart.so.13", None)]
