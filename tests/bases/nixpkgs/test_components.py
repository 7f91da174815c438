from __future__ import annotations

from collections.abc import Sequence

import pytest

from neve.bases.nixpkgs.components import brought, running, toolkit_components
from neve.bases.nixpkgs.releases import find_release
from neve.cuda.components import COMPONENTS, find_components
from neve.errors import ManyErrors, NeveError
from tests.projects import a_wheel

WHERE = "pyproject.toml, tool.neve.cuda.toolkit"


def attributes(
    version: str, *toolkit: str, release: str = "26.05", platforms: Sequence[str] = ("x86_64",)
) -> tuple[str, ...]:
    found = toolkit_components(
        find_components(toolkit, where=WHERE), version, release=find_release(release), platforms=platforms, where=WHERE
    )
    return tuple(component.attribute for component in found)


def refused(version: str, *toolkit: str, release: str = "26.05", platforms: Sequence[str] = ("x86_64",)) -> NeveError:
    with pytest.raises(NeveError) as caught:
        attributes(version, *toolkit, release=release, platforms=platforms)
    return caught.value


def test_components_go_by_the_names_of_both_bases() -> None:
    assert attributes("12.9", "nvcc") == attributes("12.9", "cuda_nvcc", "nvcc", "cuda-runtime")
    assert attributes("12.9", "cublas") == attributes("12.9", "libcublas")


def test_with_nvcc_comes_what_it_compiles_with() -> None:
    assert attributes("12.9", "nvcc") == ("cuda_cccl", "cuda_cudart", "cuda_nvcc")
    split = ("cuda_cccl", "cuda_crt", "cuda_cudart", "cuda_nvcc", "libnvptxcompiler", "libnvvm")
    assert attributes("13.0", "nvcc") == split


def test_with_a_library_come_the_headers_that_its_own_include() -> None:
    # Before CUDA 13 crt/host_config.h is a part of nvcc.
    assert attributes("12.9", "cublas") == ("cuda_cccl", "cuda_cudart", "cuda_nvcc", "libcublas")
    assert attributes("13.0", "cublas") == ("cuda_cccl", "cuda_crt", "cuda_cudart", "libcublas")
    assert {"libcublas", "libcusparse"} < set(attributes("13.0", "cusolver"))


def test_programs_come_alone() -> None:
    assert attributes("12.9", "cuobjdump", "nvdisasm") == ("cuda_cuobjdump", "cuda_nvdisasm")
    assert attributes("12.9") == ()


@pytest.mark.parametrize("version", ["12.6", "12.8", "12.9", "13.0", "13.1", "13.2"])
def test_the_default_release_has_every_component(version: str) -> None:
    since = {"crt", "culibos", "nvptxcompiler", "nvvm"} if version < "13" else set()
    names = [name for name in COMPONENTS if name not in {"cudla", "tileiras", *since}]
    found = attributes(version, *names)
    assert {COMPONENTS[name].attribute for name in names} <= set(found)


def test_before_cuda_13_they_are_parts_of_nvcc() -> None:
    error = refused("12.9", "nvvm")
    assert error.what == "nixpkgs has no component 'nvvm' of CUDA 12.9"
    assert error.where == WHERE
    assert error.fixes == (
        "write 'nvcc', which it is part of in CUDA 12.9",
        "take a CUDA that has it: 13.0, 13.1, 13.2",
    )


def test_releases_that_are_one_package() -> None:
    error = refused("11.2", "nvcc", release="24.11")
    assert error.why == "it is there from CUDA 11.4 on"
    assert error.fixes[-1] == "take the whole release by `system`: 'cudaPackages_11_2.cudatoolkit'"


def test_what_nvidia_has_for_no_arm_server() -> None:
    both = ("x86_64", "aarch64")
    assert "libcufile" in attributes("12.6", "cufile", platforms=both)
    assert attributes("12.6", "opencl")
    assert refused("12.6", "opencl", platforms=both).what == (
        "NVIDIA has no component 'opencl' of CUDA 12.6 for linux/arm64"
    )
    error = refused("12.1", "cufile", release="24.11", platforms=("aarch64",))
    assert error.fixes[0] == "take a CUDA that has it: 12.2, 12.3, 12.4"


def test_what_nixpkgs_has_for_jetson_alone() -> None:
    assert refused("13.2", "cudla").fixes[-1] == 'or take base = "debian"'


def test_all_of_a_kind_are_told_of() -> None:
    error = refused("12.9", "nvvm", "crt", "nvcc")
    assert isinstance(error, ManyErrors)
    assert len(error.errors) == 2


def test_what_only_compiles_runs_nothing() -> None:
    assert running(attributes("13.0", "nvcc", "cublas", "cccl")) == ("cuda_cudart", "libcublas")


def test_wheels_bring_libraries_by_either_name() -> None:
    wheels = [
        a_wheel(name, "12.9.1") for name in ("nvidia-cuda-runtime-cu12", "nvidia-cublas", "nvidia-ml-py", "numpy")
    ]
    held = ("cuda_cudart", "libcublas", "libcufft")
    assert brought(held, wheels) == {"cuda_cudart": "nvidia-cuda-runtime-cu12", "libcublas": "nvidia-cublas"}
    assert brought(("libcufft",), wheels) == {}
