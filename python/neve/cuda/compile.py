"""What build systems are told of the GPU architectures to compile for; the same on every base."""

from __future__ import annotations

from collections.abc import Sequence


def compile_environment(architectures: Sequence[str]) -> dict[str, str]:
    """The environment variables for ``architectures`` ("8.0", "9.0a", "9.0+PTX"); none where none are given.

    TORCH_CUDA_ARCH_LIST is for the extensions of torch, CUDAARCHS for CMake (its CMAKE_CUDA_ARCHITECTURES), and
    NEVE_CUDA_GENCODE has the words for nvcc itself. All that are given get machine code; with "+PTX" they get PTX as
    well, which drivers compile for newer GPUs.
    """
    if not architectures:
        return {}
    every = [(one.removesuffix("+PTX").replace(".", ""), one.endswith("+PTX")) for one in dict.fromkeys(architectures)]
    real = [f"-gencode=arch=compute_{number},code=sm_{number}" for number, _ in every]
    ptx = [f"-gencode=arch=compute_{number},code=compute_{number}" for number, has in every if has]
    return {
        "CUDAARCHS": ";".join(number if has else f"{number}-real" for number, has in every),
        "NEVE_CUDA_GENCODE": " ".join(dict.fromkeys([*real, *ptx])),
        "TORCH_CUDA_ARCH_LIST": ";".join(dict.fromkeys(architectures)),
    }


__all__ = ["compile_environment"]
