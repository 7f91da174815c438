"""examples/torch as far as a machine without a GPU and without room goes: locked, planned and rendered.

Its wheels are 3 GB. Whatever is done here, none of them is fetched: only what indexes and archives say of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from neve.python.layers import LARGE
from tests.build.project import Project, example

pytestmark = pytest.mark.network

_MB = 1_000_000


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all that is fetched lies: a cache for neve, empty at first, and one for uv."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def torch(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy of examples/torch, locked."""
    made = example("torch", tmp_path_factory.mktemp("torch") / "torch")
    made = replace(
        made, environ={**made.environ, "XDG_CACHE_HOME": str(home / "cache"), "UV_CACHE_DIR": str(home / "uv")}
    )
    for name in ("uv.lock", "neve.lock"):  # of somebody's own build
        (made.directory / name).unlink(missing_ok=True)
    made.neve("lock", "--no-libraries")
    return made


@pytest.fixture(scope="module")
def described(torch: Project) -> Mapping[str, Any]:
    """What ``neve info --json`` says."""
    found: Mapping[str, Any] = json.loads(torch.neve("info", "--json"))
    return found


def _environment(described: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {package["name"]: package for package in described["platforms"]["linux/amd64"]["environment"]}


def test_the_locks_pin_torch_and_its_cuda(torch: Project) -> None:
    names = set(re.findall(r'^name = "(.*)"$', (torch.directory / "uv.lock").read_text(), re.MULTILINE))
    assert {"torch", "triton", "nvidia-cublas", "cuda-toolkit"} <= names
    assert torch.neve("lock", "--check", "--no-libraries").endswith("neve.lock")


def test_each_large_wheel_is_a_layer(described: Mapping[str, Any]) -> None:
    packages = _environment(described).values()
    large = {f"{each['name']}-{each['version']}": each["size"] for each in packages if each["size"] >= LARGE}
    assert len(large) >= 10
    assert max(large.values()) > 400 * _MB
    layers = {layer["name"]: layer for layer in described["layers"]}
    assert {name: layers[name]["size"] for name in large} == large
    assert {layers[name]["packages"] for name in large} == {1}
    order = [layer["name"] for layer in described["layers"] if layer["name"] in large]
    assert order == sorted(large, key=lambda name: (-large[name], name))
    assert len(described["layers"]) <= 64


def test_it_is_rendered_without_a_gpu_and_without_its_wheels(torch: Project, described: Mapping[str, Any]) -> None:
    assert torch.neve("render").endswith("flake.nix")
    wheels = (torch.directory / "nix" / "wheels.nix").read_text()
    for package in _environment(described).values():
        assert package["file"] in wheels
    rendered = {path: path.read_bytes() for path in (torch.directory / "nix").rglob("*") if path.is_file()}
    torch.neve("render", "--frozen", "--offline")
    assert rendered == {path: path.read_bytes() for path in rendered}


def test_no_wheel_was_fetched(torch: Project, described: Mapping[str, Any], home: Path) -> None:
    torch.neve("render")  # also where this test runs alone
    assert described["unread_wheels"] > 0
    held = {path: path.stat().st_size for path in home.rglob("*") if path.is_file()}
    assert not [path for path in held if path.suffix == ".whl"]
    # The indexes of Debian's archive are most of it; torch alone has more than ten times as much.
    assert sum(held.values()) < 150 * _MB, sorted(held.items(), key=lambda item: -item[1])[:5]
