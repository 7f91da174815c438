"""Forward compatibility libraries beside libraries of a toolkit: a layer each, at one /usr/local/cuda."""

from __future__ import annotations

import os
import platform
from dataclasses import replace
from pathlib import Path

import pytest

from neve.bases.debian.compat import MIRROR
from neve.image.layout import Layout
from tests.build.gpu_hosts import a_compat_mirror
from tests.build.layers import entries
from tests.build.project import project

pytestmark = [
    pytest.mark.build,
    pytest.mark.network,
    pytest.mark.skipif(platform.machine() != "x86_64", reason="the libraries are made for x86_64"),
]
_PYPROJECT = """
[project]
name = "gpu"
version = "1"
requires-python = ">=3.13"

[tool.neve.image]
cmd = ["python", "main.py"]

[tool.neve.cuda]
version = "13.2"
toolkit = ["cudart"]
compat = true
"""
_MAIN = """
import os
for place in ("lib64/libcudart.so.13", "compat/libcuda.so.1"):
    print(os.path.realpath(f"/usr/local/cuda/{place}", strict=True))
"""


@pytest.mark.parametrize("release", ["13.2", "13.3"])
def test_beside_libraries_of_a_toolkit(tmp_path: Path, release: str) -> None:
    """Of the same release, and of a later one, where NVIDIA has none of the toolkit's own."""
    made = project(tmp_path / "project", _PYPROJECT, {"main.py": _MAIN})
    environ = {**os.environ, MIRROR: a_compat_mirror(tmp_path, release, "595.45.04"), "NEVE_ENGINE": "bwrap"}
    made = replace(made, environ=environ)
    built = made.build()
    toolkit, compat = made.neve("run").splitlines()
    assert toolkit.startswith("/usr/local/cuda-13.2/lib64/libcudart.so.13")
    assert compat == f"/usr/local/cuda-{release}/compat/libcuda.so.595.45.04"
    names = Layout(built.layout).image().names
    assert all(names), "the history has a line for each layer"
    number = next(each.layer for each in entries(built.layout) if each.info.name.endswith("/compat/libcuda.so.1"))
    assert names[number - 1 : number + 1] == ("cuda", "cuda-compat")
