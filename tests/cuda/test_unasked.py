from __future__ import annotations

import tomllib
from typing import Any

import pytest

from neve.cuda.avoiding import Place, Tables, Tool
from neve.cuda.unasked import (
    Unasked,
    annotated_graph,
    asks_for_gpus,
    dependency_graph,
    find_unasked,
    warning,
)
from neve.cuda.wheels import cuda_wheels
from neve.python.artefact import Artefact
from tests.cuda.test_wheels import wheel, wheels

TORCH: list[Artefact] = [
    *wheels("torch==2.9.1", "torchvision==0.24.1"),
    wheel("nvidia-cuda-runtime-cu12==12.8.90", size=100_000_000),
    wheel("nvidia-cublas-cu12==12.8.4", size=600_000_000),
]
XGBOOST = wheels("xgboost==3.4.1", "numpy==2.4", "nvidia-nccl-cu13==2.32.3")
# As uv.lock, poetry.lock and pdm.lock have it.
LOCKS = {
    "uv": '[[package]]\nname = "xgboost"\ndependencies = [{ name = "numpy" }, { name = "nvidia-nccl-cu13" }]',
    "poetry": '[[package]]\nname = "xgboost"\n[package.dependencies]\nnumpy = "*"\nnvidia-nccl-cu13 = {version = "*"}',
    "pdm": '[[package]]\nname = "xgboost"\ndependencies = ["numpy", "nvidia-nccl-cu13; sys_platform == \'linux\'"]',
}


def place(tool: Tool = "uv", text: str = "", *, direct: bool = True, locked: bool = True) -> Place:
    wishes = Tables(file="pyproject.toml", text=text)
    return Place(tool=tool, wishes=wishes, settings=wishes, direct=direct, locked=locked)


def unasked(environment: list[Artefact], graph: dict[str, set[str]], *, refused: bool = False) -> Unasked | None:
    found = cuda_wheels(environment, where="uv.lock")
    assert found is not None
    return find_unasked(found, environment, lambda: graph, refused=refused)


@pytest.mark.parametrize(
    "data",
    [
        ["jax[cuda12]"],
        ["tensorflow[and-cuda]>=2.18"],
        ["cupy-cuda12x"],
        ["cudf_cu12==26.10"],
        ["onnxruntime-gpu"],
        ["nvidia-cublas"],
        ["torch==2.9.1+cu128"],
        ["vllm>=0.11"],
        {"index": [{"name": "pytorch-cu128", "url": "https://wheels.example/simple"}]},
        {"index": [{"name": "pytorch", "url": "https://wheels.example/whl/cu128"}]},
        {"dependencies": {"cupy-cuda12x": "^13"}},
        ["Environment :: GPU :: NVIDIA CUDA :: 12"],
    ],
)
def test_what_asks_for_gpus(data: object) -> None:
    assert asks_for_gpus(data)


@pytest.mark.parametrize(
    "data",
    [
        ["torch", "torchvision>=0.20", "xgboost", "tensorflow", "jax", "numpy[test]", "docutils", "focus-12"],
        {"index": [{"name": "pytorch-cpu", "url": "https://wheels.example/whl/cpu"}]},
        {"override-dependencies": ["nvidia-nccl-cu13; sys_platform == 'never'"]},
        {"resolution": {"excludes": ["nvidia-nccl-cu13"]}},
        ["gpustat-web", "scikit-learn"],
    ],
)
def test_what_does_not(data: object) -> None:
    assert not asks_for_gpus(data)


@pytest.mark.parametrize("lock", LOCKS)
def test_who_brings_them(lock: str) -> None:
    graph = dependency_graph(tomllib.loads(LOCKS[lock]))
    found = unasked(XGBOOST, graph)
    assert found is not None
    assert found.bringers == {"xgboost": ["nvidia-nccl-cu13"]}
    assert (found.torch, found.droppable) == (False, ("nvidia-nccl-cu13",))


def test_malformed_locks_have_no_graph() -> None:
    assert dependency_graph({}) == {}
    assert dependency_graph({"package": [1, {"name": "a", "dependencies": [3, {}]}]})["a"] <= {"3", "none"}


def test_a_version_for_cuda_was_asked_for() -> None:
    environment = wheels("torch==2.9.1+cu128", "nvidia-cublas-cu12==12.8.4")
    assert unasked(environment, {}) is None
    assert unasked(environment, {}, refused=True) is not None


def test_what_brings_nothing_of_nvidias_is_no_waste() -> None:
    environment = wheels("cupy-cuda12x==14")
    assert unasked(environment, {}) is None
    found = unasked(environment, {}, refused=True)
    assert found is not None
    assert warning(found, environment, place()) == (
        "tool.neve.cuda is false, but cupy-cuda12x of its environment is made for CUDA 12"
    )


def test_what_uv_writes_beside_requirements() -> None:
    text = "# head\nnumpy==2.4\n    # via xgboost\nnvidia-nccl-cu13==2\n    # via\n    #   -r -\n    #   xgboost\n"
    text += "xgboost==3\n    # via -r -\n"
    assert annotated_graph(text) == {"xgboost": {"numpy", "nvidia-nccl-cu13"}}


def test_torch_comes_from_an_index_for_cpus() -> None:
    found = unasked(TORCH, {"torch": {"nvidia-cuda-runtime-cu12", "nvidia-cublas-cu12"}})
    assert found is not None
    text = warning(found, TORCH, place())
    lines = text.splitlines()
    assert lines[0] == (
        "nothing in the project asks for GPUs, but its environment has CUDA 12.8: "
        "nvidia-cuda-runtime-cu12 and 1 more of NVIDIA's packages (700 MB), for torch"
    )
    table = tomllib.loads("\n".join(line for line in lines if line.startswith("    ")))
    assert table["tool"]["uv"]["sources"] == {name: {"index": "pytorch-cpu"} for name in ("torch", "torchvision")}
    assert table["tool"]["uv"]["index"][0] == {"name": "pytorch-cpu", "url": table_url(table), "explicit": True}
    assert "[tool.neve.cuda]" in lines[-1]
    assert "uv add" not in text
    indirect = warning(found, TORCH, place(direct=False))
    assert "`uv add torch torchvision`" in indirect


def table_url(table: dict[str, Any]) -> str:
    url: str = table["tool"]["uv"]["index"][0]["url"]
    assert url.endswith("/whl/cpu")
    return url


@pytest.mark.parametrize(
    ("tool", "words"),
    [
        ("uv", 'exclude-dependencies = ["nvidia-nccl-cu13"]'),
        ("pdm", 'excludes = ["nvidia-nccl-cu13"]'),
        ("poetry", "a release of xgboost"),
        ("other", "without nvidia-nccl-cu13"),
    ],
)
def test_others_are_left_out(tool: Tool, words: str) -> None:
    found = unasked(XGBOOST, {"xgboost": {"numpy", "nvidia-nccl-cu13"}})
    assert found is not None
    text = warning(found, XGBOOST, place(tool, direct=False))
    assert words in text
    assert "PyTorch" not in text


@pytest.mark.parametrize("tool", ["poetry", "pdm", "other"])
def test_torch_of_other_tools(tool: Tool) -> None:
    found = unasked(TORCH, {})
    assert found is not None
    text = warning(found, TORCH, place(tool))
    assert "/whl/cpu" in text
    assert "tool.uv" not in text


def test_cuda_that_is_refused() -> None:
    found = unasked(TORCH, {}, refused=True)
    assert found is not None
    text = warning(found, TORCH, place())
    assert text.startswith("tool.neve.cuda is false, but its environment has CUDA 12.8")
    assert "[tool.neve.cuda]" not in text
