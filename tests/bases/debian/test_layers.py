"""The layers of an image are those that its history tells, whatever the configuration has become since the lock."""

from __future__ import annotations

from typing import Any

import pytest

from neve.bases.debian.base import Debian
from neve.bases.debian.render import rendering
from neve.components.plan import make_plan
from neve.render.place import Place
from tests.projects import a_compat_lock, a_lock, a_project, a_wheel

_WHEELS = (a_wheel("nvidia-cublas", "13.0.2.14", tag="py3-none-manylinux_2_27_x86_64"),)


def _values(neve: dict[str, Any], *architectures: str) -> tuple[dict[str, Any], list[str]]:
    """What the templates are given, and the layers that `neve info` tells, where the lock is older than ``neve``."""
    plan = make_plan(a_project(neve=neve))
    lock = a_lock().model_copy(update={"cuda_compat": a_compat_lock("13.0", *architectures) if architectures else None})
    _, values = rendering(plan, lock, {"x86_64": _WHEELS}, Place(root="../../."))["nix/default.nix"]
    return dict(values), [name for name, _, _ in Debian().layers(plan, lock, _WHEELS)]


@pytest.mark.parametrize("neve", [{}, {"cuda": False}, {"cuda": {"compat": True}}])
@pytest.mark.parametrize("architectures", [(), ("x86_64",), ("aarch64",), ("aarch64", "x86_64")])
def test_compatibility_libraries_are_a_layer_where_they_are_locked(
    neve: dict[str, Any], architectures: tuple[str, ...]
) -> None:
    values, told = _values(neve, *architectures)
    there = "x86_64" in architectures
    assert (values["compat"] is not None) == there
    assert ("cuda-compat" in values["names"]) == there
    assert ("cuda-compat" in told) == there
    assert len(values["names"]) == len(told)
    labels = values["config"]["config"].get("Labels", {})
    assert labels.get("dev.neve.cuda.compat") == ("13.0" if there and neve != {"cuda": False} else None)
