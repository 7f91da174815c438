"""CUDA on Debian: nvcc compiles and links in the sandbox, and images hold what runs alone."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from neve.bases.debian.base import Debian
from neve.cuda.architectures import Architectures
from neve.image.gpu_code import image_architectures
from neve.nix.call import build, physical
from neve.nix.nix import Nix
from tests.build.layers import Entry, entries
from tests.build.project import Built, Project, example, output, project
from tests.build.rebuild import rebuilt

pytestmark = [pytest.mark.build, pytest.mark.network]

_MODULE = "opt/venv/lib/python3.13/site-packages/cuda_kernel/kernel.cpython-313-x86_64-linux-gnu.so"
_COMPILES = {
    "nvcc",
    "ptxas",
    "cicc",
    "cudafe++",
    "libcudart_static.a",
    "libnvvm.so.4",
    "cuda_runtime.h",
    "libcuda.so",
    "g++-14",
}


@dataclass(frozen=True)
class Example:
    """examples/cuda-kernel and what was built of it."""

    project: Project
    built: Built
    files: dict[str, Entry]


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Example:
    """A copy of examples/cuda-kernel, built; no test changes it."""
    made = example("cuda-kernel", tmp_path_factory.mktemp("cuda") / "cuda-kernel")
    made = replace(made, environ={**os.environ, "NEVE_ENGINE": "bwrap"})
    built = made.build()
    return Example(made, built, {entry.info.name: entry for entry in entries(built.layout)})


def test_the_image_has_the_extension_and_nothing_that_compiled_it(kernel: Example) -> None:
    assert _MODULE in kernel.files
    assert not _COMPILES & {name.rpartition("/")[2] for name in kernel.files}
    assert not [name for name in kernel.files if name.startswith("usr/local/cuda")]
    assert b"/nix/store" not in kernel.files[_MODULE].content


def test_it_has_code_for_the_architectures_that_are_asked_for(kernel: Example) -> None:
    wanted = Architectures(sass=("7.5", "8.0", "9.0", "10.0", "12.0"), ptx=("8.0", "10.0"))
    assert image_architectures(kernel.built.layout)[_MODULE] == wanted


def test_it_computes_with_numpy_and_says_that_there_is_no_gpu(kernel: Example) -> None:
    assert "the sum of 16777216 numbers is 29358257.939" in kernel.project.neve("run", "--", "--cpu")
    assert "no GPU to compute on: " in kernel.project.neve("run", fails=True)


def test_nvcc_makes_the_same_bytes_again(kernel: Example, nix: Nix) -> None:
    """Its intermediate files are called after a process, and objects keep those names."""
    assert b"tmpxft_00000001_" in kernel.files[_MODULE].content
    assert len(rebuilt(kernel.project, nix, only="-layer-cuda-kernel.drv")) == 1


_PYPROJECT = """\
[project]
name = "probe"
version = "1"
requires-python = ">=3.13,<3.14"
dependencies = {dependencies}
[project.scripts]
probe = "probe:main"
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"
[tool.setuptools]
packages = ["probe"]
[tool.neve.cuda]
version = "{version}"
toolkit = {toolkit}
architectures = ["7.5", "9.0+PTX"]
"""
_SETUP = """\
import os, subprocess
from pathlib import Path
from setuptools import setup
from setuptools.command.build_py import build_py

class Build(build_py):
    def run(self):
        super().run()
        to = Path(self.build_lib, "probe")
        wanted = os.environ["NEVE_CUDA_GENCODE"].split()
        nvcc = [os.environ["CUDACXX"], "-cudart", "shared", *wanted]
        subprocess.run([*nvcc, "-o", to / "hello", "hello.cu"], check=True)
        subprocess.run([*nvcc, "-o", to / "driver", "driver.cu", "-lcuda"], check=True)
        said = [["nvcc", "--version"], [os.environ["NVCC_CCBIN"], "--version"]]
        said += [["readelf", "-d", to / "driver"]]
        said += [["cuobjdump", *words, to / "hello"] for words in (["--list-elf", "--list-ptx"], ["-sass"], ["-ptx"])]
        text = [subprocess.run(words, check=True, capture_output=True, text=True).stdout for words in said]
        (to / "said.txt").write_text("".join(text))

setup(cmdclass={"build_py": Build})
"""
_PACKAGE = """\
import subprocess
from pathlib import Path

def main():
    print(Path(__file__).with_name("said.txt").read_text())
    print(subprocess.run([Path(__file__).with_name("hello")], check=True, capture_output=True, text=True).stdout)
"""
_HELLO = """\
#include <cstdio>
__global__ void add(float *a) { a[threadIdx.x] += 1.f; }
int main() {
  int version = 0;
  cudaRuntimeGetVersion(&version);
  printf("runtime %d\\n", version);
  if (version == 0) add<<<1, 32>>>(nullptr);
}
"""
_DRIVER = """\
#include <cuda.h>
int main() { return cuInit(0); }
"""


def _probe(directory: Path, version: str, toolkit: str, dependencies: str = "[]") -> Project:
    pyproject = _PYPROJECT.format(version=version, toolkit=toolkit, dependencies=dependencies)
    files = {"setup.py": _SETUP, "probe/__init__.py": _PACKAGE, "hello.cu": _HELLO, "driver.cu": _DRIVER}
    made = project(directory, pyproject, files)
    return replace(made, environ={**made.environ, "NEVE_ENGINE": "bwrap"})


@pytest.mark.parametrize(
    ("version", "toolkit", "compiler", "number"),
    [
        ("13.2", '["nvcc", "cudart", "cuobjdump", "nvdisasm"]', "g++-14", 13020),
        # Its nvcc and the other programs are Debian's, the headers and libraries NVIDIA's wheels.
        ("12.4", '["nvcc", "cudart"]', "g++-13", 12040),
    ],
)
def test_a_program_that_links_with_the_runtime(
    tmp_path: Path, version: str, toolkit: str, compiler: str, number: int
) -> None:
    made = _probe(tmp_path / "probe", version, toolkit)
    files = {entry.info.name: entry for entry in entries(made.build().layout)}
    major = version.partition(".")[0]
    lines = made.neve("run")
    assert f"Cuda compilation tools, release {version}" in lines
    assert f"{compiler} (Debian" in lines
    assert f"runtime {number}" in lines  # found through ld.so.cache
    assert "Shared library: [libcuda.so.1]" in lines  # a stub is linked with, and in no image
    listed = {line.split(".", 1)[1] for line in lines.splitlines() if line.startswith(("ELF file", "PTX file"))}
    assert {name.rpartition("hello.")[2] for name in listed} >= {"1.sm_75.cubin", "2.sm_90.cubin", "1.sm_90.ptx"}
    assert "arch = sm_90" in lines
    assert ".target sm_90" in lines
    libraries = {name for name in files if name.startswith(f"usr/local/cuda-{version}/lib64/lib")}
    assert libraries == {f"usr/local/cuda-{version}/lib64/libcudart.so.{major}"}
    assert files["usr/local/cuda"].info.linkname == f"cuda-{version}"
    assert files["etc/ld.so.conf.d/neve-cuda.conf"].content == b"/usr/local/cuda/lib64\n"
    assert not _COMPILES & {name.rpartition("/")[2] for name in files}


def test_a_library_that_a_wheel_of_the_environment_brings(tmp_path: Path) -> None:
    """It is in the image once, where the wheel has it, and is found there by what nvcc linked."""
    toolkit = '["nvcc", "cuobjdump", "nvdisasm"]'
    made = _probe(tmp_path / "probe", "13.2", toolkit, '["nvidia-cuda-runtime==13.2.*"]')
    names = [entry.info.name for entry in entries(made.build().layout)]
    assert [name.rpartition("site-packages/")[2] for name in names if "libcudart.so" in name] == [
        "nvidia/cu13/lib/libcudart.so.13"
    ]
    assert "runtime 13020" in made.neve("run")


def test_a_library_of_the_toolkit_that_the_image_lacks(tmp_path: Path) -> None:
    said = _probe(tmp_path / "probe", "13.2", '["nvcc", "cuobjdump", "nvdisasm"]').neve("build", fails=True)
    assert "probe links with libcudart.so.13, which the image lacks (component nvidia-cuda-runtime)" in said
    assert 'toolkit = ["cuobjdump", "nvcc", "nvdisasm", "cudart"] under [tool.neve.cuda]' in said


def test_the_toolkit_compiles_outside(kernel: Example, nix: Nix, tmp_path: Path) -> None:
    """As a directory, which the flake has as `cuda`; a store elsewhere has no /nix/store, and it works all the same."""
    words = Debian().evaluation(kernel.project.directory / ".neve", os.uname().machine)
    (path,) = build(nix, ["cuda"], extra=words)
    toolkit = physical(nix, path)
    (tmp_path / "hello.cu").write_text(_HELLO)
    output(toolkit / "bin" / "nvcc", "-ccbin", "g++", "-arch=sm_90", "-o", tmp_path / "hello", tmp_path / "hello.cu")
    assert output(tmp_path / "hello") == "runtime 13020"
