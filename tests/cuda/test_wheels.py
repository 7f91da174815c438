from __future__ import annotations

import pytest

from neve.cuda.wheels import cuda_wheels, is_nvidias, names_cuda
from neve.errors import NeveError
from neve.python.artefact import Artefact
from neve.python.sdist import Directory
from neve.python.wheel import Wheel

INDEX = "https://index.example/simple"


def wheel(requirement: str, *, size: int | None = 1000, index: str = INDEX) -> Wheel:
    name, _, version = requirement.partition("==")
    file = f"{name.replace('-', '_')}-{version or '1'}-py3-none-any.whl"
    return Wheel(
        name=name,
        version=version or "1",
        file=file,
        url=f"{index}/{file}",
        sha256="0" * 64,
        size=size,
        origin="registry",
    )


def wheels(*requirements: str) -> list[Artefact]:
    return [wheel(one) for one in requirements]


# What uv locked from a public index in November 2026, as far as it tells of CUDA.
LOCKS = {
    "torch==2.6.0": (
        ("nvidia-cublas-cu12==12.4.5.8", "nvidia-cuda-cupti-cu12==12.4.127", "nvidia-cuda-nvrtc-cu12==12.4.127"),
        ("nvidia-cuda-runtime-cu12==12.4.127", "nvidia-cudnn-cu12==9.1.0.70", "torch==2.6.0", "triton==3.2.0"),
    ),
    "torch==2.15.0": (
        ("cuda-bindings==13.5.0", "cuda-pathfinder==1.9.0", "cuda-toolkit==13.2.2", "nvidia-cublas==13.4.1.3"),
        ("nvidia-cuda-cccl==13.3.5.0.6", "nvidia-cuda-runtime==13.2.86", "nvidia-cudnn-cu13==9.26.0.51"),
        ("nvidia-cufft==12.2.0.57", "nvidia-curand==10.4.2.51", "nvidia-nvjitlink==13.5.37", "torch==2.15.0"),
    ),
    "jax[cuda12]": (
        ("jax==0.12.0.1", "jax-cuda12-pjrt==0.12.0.1", "jax-cuda12-plugin==0.12.0.1", "jaxlib==0.12.0.1"),
        ("nvidia-cuda-nvcc-cu12==12.9.86", "nvidia-cuda-runtime-cu12==12.9.79", "nvidia-nccl-cu12==2.32.3"),
    ),
    "jax[cuda13]": (
        ("jax-cuda13-plugin==0.12.0.1", "nvidia-cublas==13.10.0.20", "nvidia-cuda-nvcc==13.5.37"),
        ("nvidia-cuda-runtime==13.5.37", "nvidia-cudnn-cu13==9.28.0.42", "nvidia-nvvm==13.5.37"),
    ),
    "vllm": (
        ("cuda-bindings==13.5.0", "cuda-python==12.6.2.post1", "cuda-tile==1.7.0", "cuda-toolkit==13.0.3.0"),
        ("nvidia-cuda-runtime==13.0.96", "nvidia-cudnn-frontend==1.32.0", "nvidia-cutlass-dsl==4.8.0"),
        ("nvidia-cutlass-dsl-libs-cu12==4.8.0", "nvidia-cutlass-dsl-libs-cu13==4.8.0", "nvidia-ml-py==13.615.71"),
    ),
    "cudf-cu12": (
        ("cuda-toolkit==12.9.2.0", "cudf-cu12==26.10.2", "cupy-cuda12x==14.2.0", "libcudf-cu12==26.10.2"),
        ("nvidia-cuda-runtime-cu12==12.9.79", "nvidia-libnvcomp-cu12==5.3.0.16"),
    ),
    "nvidia-cuda-nvrtc alone": (("nvidia-cuda-nvrtc-cu11==11.7.99", "nvidia-cublas-cu11==11.10.3.66"),),
    "cupy-cuda12x": (("cupy-cuda12x==14.2.0", "cuda-pathfinder==1.9.0"),),
    "xgboost": (("nvidia-nccl-cu13==2.32.3", "xgboost==3.4.1"),),
    "tensorrt": (("tensorrt-cu13==11.4.0.106", "tensorrt-cu13-libs==11.4.0.106"),),
    "spconv-cu120": (("spconv-cu120==2.3.6",),),
    "torch==2.9.1+cu128": (("torch==2.9.1+cu128", "nvidia-cudnn-cu12==9.10.2.21"),),
    "flash-attn": (("flash-attn==2.7.4+cu12torch2.6",),),
    "torch-scatter": (("torch-scatter==2.1.2+pt26cu124",),),
    "unsuffixed libraries": (("nvidia-cublas==13.4.1.3",),),
    "the bindings alone": (("cuda-bindings==12.9.10", "cuda-core==1.2.2"),),
}
SAID = {
    "torch==2.6.0": ("12.4", "nvidia-cuda-runtime-cu12", 5),
    "torch==2.15.0": ("13.2", "cuda-toolkit", 8),
    "jax[cuda12]": ("12.9", "nvidia-cuda-runtime-cu12", 3),
    "jax[cuda13]": ("13.5", "nvidia-cuda-runtime", 5),
    "vllm": ("13.0", "cuda-toolkit", 2),
    "cudf-cu12": ("12.9", "cuda-toolkit", 3),
    "nvidia-cuda-nvrtc alone": ("11.7", "nvidia-cuda-nvrtc-cu11", 2),
    "cupy-cuda12x": ("12", "cupy-cuda12x", 0),
    "xgboost": ("13", "nvidia-nccl-cu13", 1),
    "tensorrt": ("13", "tensorrt-cu13", 0),
    "spconv-cu120": ("12", "spconv-cu120", 0),
    "torch==2.9.1+cu128": ("12.8", "torch", 1),
    "flash-attn": ("12", "flash-attn", 0),
    "torch-scatter": ("12.4", "torch-scatter", 0),
    "unsuffixed libraries": ("13", "nvidia-cublas", 1),
    "the bindings alone": ("12", "cuda-bindings", 0),
}


@pytest.mark.parametrize("name", LOCKS)
def test_the_version_and_who_says_it(name: str) -> None:
    found = cuda_wheels(wheels(*(one for group in LOCKS[name] for one in group)), where="uv.lock")
    assert found is not None
    assert (found.version, found.said_by, len(found.packages)) == SAID[name]
    assert found.major == int(found.version.split(".")[0])
    assert found.size == 1000 * len(found.packages)


def test_what_has_nothing_to_do_with_cuda_brings_none() -> None:
    others = ("nvidia-ml-py==13.615.71", "nvidia-modelopt==0.47.0", "nvidia-cudnn-frontend==1.32", "torch==2.9.1+cpu")
    assert cuda_wheels(wheels(*others, "numpy==2.4"), where="uv.lock") is None
    assert cuda_wheels([Directory(name="own", version=None, path="own")], where="uv.lock") is None


def test_an_index_for_cuda_tells_where_nothing_else_does() -> None:
    numpy = wheel("numpy==2.4", index=f"{INDEX}/cu126/x")
    found = cuda_wheels([numpy], where="uv.lock")
    assert found is not None
    assert (found.version, found.said_by, found.packages) == ("12.6", "numpy", ())
    # What else lies there is no second CUDA, and the name of a package does not tell as much.
    both = cuda_wheels([numpy, wheel("nvidia-cudnn-cu12==9")], where="uv.lock")
    assert both is not None
    assert both.version == "12.6"
    other = cuda_wheels([numpy, wheel("nvidia-cuda-runtime==13.2.86")], where="uv.lock")
    assert other is not None
    assert other.version == "13.2"


def test_components_have_their_versions_and_bytes() -> None:
    runtime, cublas = wheel("nvidia-cuda-runtime-cu12==12.8.90", size=5), wheel("nvidia-cublas-cu12==12.8.4.1", size=7)
    found = cuda_wheels([runtime, cublas, wheel("torch==2.9.1", size=900)], where="uv.lock")
    assert found is not None
    assert found.components == (("nvidia-cuda-runtime-cu12", "12.8.90"), ("nvidia-cublas-cu12", "12.8.4.1"))
    assert found.size == 12
    unknown = cuda_wheels([runtime, wheel("nvidia-cublas-cu12==12.8.4.1", size=None)], where="uv.lock")
    assert unknown is not None
    assert unknown.size is None


@pytest.mark.parametrize(
    ("requirements", "older", "newer"),
    [
        (
            ("nvidia-cuda-runtime-cu12==12.8.90", "nvidia-nccl-cu12==2.27.5", "nvidia-nccl-cu13==2.32.3"),
            "CUDA 12: nvidia-cuda-runtime-cu12, nvidia-nccl-cu12",
            "CUDA 13: nvidia-nccl-cu13",
        ),
        (("cupy-cuda12x==14", "torch==2.15+cu132"), "CUDA 12: cupy-cuda12x", "CUDA 13: torch"),
        (("jax-cuda12-plugin==1", "nvidia-cublas==13.4"), "CUDA 12: jax-cuda12-plugin", "CUDA 13: nvidia-cublas"),
        (("nvidia-cublas-cu11==11.10", "cuda-toolkit==12.4.1"), "CUDA 11: nvidia-cublas-cu11", "CUDA 12: cuda-toolkit"),
    ],
)
def test_two_majors_are_an_error_that_names_who_brings_each(
    requirements: tuple[str, ...], older: str, newer: str
) -> None:
    with pytest.raises(NeveError, match="two major versions") as caught:
        cuda_wheels(wheels(*requirements), where="uv.lock")
    assert caught.value.where == "uv.lock"
    assert caught.value.why == f"{older}\n{newer}"


def test_names_without_an_ending_are_of_cuda_13_or_newer() -> None:
    found = cuda_wheels(wheels("nvidia-cublas==14.0.1", "nvidia-cuda-runtime==14.0.1"), where="uv.lock")
    assert found is not None
    assert found.version == "14.0"


def test_names_of_packages() -> None:
    assert all(
        map(is_nvidias, ("cuda-toolkit", "nvidia-cublas", "nvidia-nccl-cu12", "nvidia-cuda-nvcc", "nvidia-nvtx"))
    )
    assert not any(map(is_nvidias, ("nvidia-ml-py", "nvidia-dali-cuda120", "nvidia-cutlass-dsl-libs-cu12", "torch")))
    gpus = ("cupy-cuda12x", "cudf-cu12", "onnxruntime-gpu", "faiss-gpu-cu12", "nvidia-ml-py", "cuda-python")
    assert all(map(names_cuda, gpus))
    assert not any(map(names_cuda, ("torch", "xgboost", "tensorflow", "focus", "gpustat", "barracuda")))
