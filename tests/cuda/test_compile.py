from __future__ import annotations

import pytest

from neve.cuda.compile import compile_environment


@pytest.mark.parametrize(
    ("architectures", "torch", "cmake", "nvcc"),
    [
        (("8.0",), "8.0", "80-real", ["-gencode=arch=compute_80,code=sm_80"]),
        (
            ("8.6", "9.0a", "12.0+PTX"),
            "8.6;9.0a;12.0+PTX",
            "86-real;90a-real;120",
            [
                "-gencode=arch=compute_86,code=sm_86",
                "-gencode=arch=compute_90a,code=sm_90a",
                "-gencode=arch=compute_120,code=sm_120",
                "-gencode=arch=compute_120,code=compute_120",
            ],
        ),
        (("8.0", "8.0"), "8.0", "80-real", ["-gencode=arch=compute_80,code=sm_80"]),
    ],
)
def test_what_build_systems_are_told(architectures: tuple[str, ...], torch: str, cmake: str, nvcc: list[str]) -> None:
    told = compile_environment(architectures)
    assert told == {"TORCH_CUDA_ARCH_LIST": torch, "CUDAARCHS": cmake, "NEVE_CUDA_GENCODE": " ".join(nvcc)}


def test_without_architectures_they_are_told_nothing() -> None:
    assert compile_environment(()) == {}
