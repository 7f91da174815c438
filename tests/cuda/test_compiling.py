"""What builds are told of the CUDA toolkit."""

from __future__ import annotations

import pytest

from neve.cuda.compiling import compile_environment, library_places


def test_the_toolkit_and_its_host_compiler_are_where_build_systems_look() -> None:
    assert compile_environment("/usr/local/cuda", compiler="/usr/bin/g++-14", architectures=()) == {
        "CUDA_HOME": "/usr/local/cuda",
        "CUDA_PATH": "/usr/local/cuda",
        "CUDACXX": "/usr/local/cuda/bin/nvcc",
        "CUDAHOSTCXX": "/usr/bin/g++-14",
        "NVCC_CCBIN": "/usr/bin/g++-14",
    }


def test_a_toolkit_without_nvcc_has_no_compiler() -> None:
    assert compile_environment("/cuda", compiler=None, architectures=(), nvcc=False) == {
        "CUDA_HOME": "/cuda",
        "CUDA_PATH": "/cuda",
    }


def test_architectures_are_named_as_each_build_system_has_them() -> None:
    found = compile_environment("/cuda", compiler=None, architectures=("7.5", "9.0a", "12.0+PTX"))
    assert found["TORCH_CUDA_ARCH_LIST"] == "7.5;9.0a;12.0+PTX"
    assert found["CUDAARCHS"] == "75-real;90a-real;120"
    assert found["NEVE_CUDA_GENCODE"].split() == [
        "-gencode=arch=compute_75,code=sm_75",
        "-gencode=arch=compute_90a,code=sm_90a",
        "-gencode=arch=compute_120,code=sm_120",
        "-gencode=arch=compute_120,code=compute_120",
    ]


def test_what_is_no_compute_capability_is_refused() -> None:
    with pytest.raises(ValueError, match="'9'"):
        compile_environment("/cuda", compiler=None, architectures=("9",))


def test_where_wheels_have_their_libraries() -> None:
    site = "/opt/venv/lib/python3.13/site-packages"
    of_13 = ["nvidia-cudnn-cu13", "nvidia-cuda-runtime", "nvidia-cublas"]
    assert library_places(of_13, 13, site) == [f"{site}/nvidia/cu13/lib", f"{site}/nvidia/cudnn/lib"]
    of_12 = ["nvidia-cuda-runtime-cu12", "nvidia-cublas-cu12"]
    assert library_places(of_12, 12, site) == [f"{site}/nvidia/cublas/lib", f"{site}/nvidia/cuda_runtime/lib"]
    assert library_places([], 13, site) == []
