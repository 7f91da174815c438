"""Where an image on nixpkgs looks for libraries that are loaded by their names."""

from __future__ import annotations

import pytest

from neve.bases.nixpkgs.render import wheel_layers
from neve.components.plan import make_plan
from neve.python.layers import LARGE
from tests.cases import Case
from tests.projects import a_project, a_wheel

_DRIVER = (
    "/usr/lib64:/usr/lib/x86_64-linux-gnu:/usr/lib/x86_64-linux-gnu/nvidia/current:/usr/lib:/usr/lib/wsl/lib"
    ":/usr/local/nvidia/lib64:/run/opengl-driver/lib"
)
_CUDA = a_wheel("nvidia-cublas-cu12", "12.9.1.4", tag="py3-none-manylinux_2_27_x86_64")


def _env(*, cuda: bool, **neve: object) -> list[str]:
    case = Case(project=a_project(neve={"base": "nixpkgs", **neve}), wheels=(_CUDA,) if cuda else ())
    text = case.tree()["nix/default.nix"]
    env = text[text.index("x86_64-linux = {") :].partition("Env = [")[2].partition("]")[0]
    return [line.strip().strip('"') for line in env.splitlines() if "LD_" in line or "NVIDIA" in line]


@pytest.mark.parametrize(
    ("cuda", "system", "own", "expected"),
    [
        (False, [], None, None),
        (False, ["jq"], None, "/lib"),
        (True, [], None, _DRIVER),
        (True, ["jq"], None, f"/lib:{_DRIVER}"),
        (False, [], "/srv/lib", "/srv/lib"),
        (True, ["jq"], "/srv/lib", f"/srv/lib:/lib:{_DRIVER}"),
        (False, ["jq"], "/lib:/srv/lib", "/lib:/srv/lib"),
    ],
)
def test_own_places_come_first_then_the_system_packages_and_the_drivers_last(
    cuda: bool, system: list[str], own: str | None, expected: str | None
) -> None:
    env = _env(cuda=cuda, system=system, image={"env": {"LD_LIBRARY_PATH": own}} if own else {})
    assert [value for value in env if value.startswith("LD_")] == ([f"LD_LIBRARY_PATH={expected}"] if expected else [])
    assert ("NVIDIA_VISIBLE_DEVICES=all" in env) == cuda


def test_what_a_user_says_of_the_driver_stays() -> None:
    env = _env(cuda=True, image={"env": {"NVIDIA_VISIBLE_DEVICES": "0", "LD_LIBRARY_PATH": "/srv/lib"}})
    assert "NVIDIA_VISIBLE_DEVICES=0" in env
    assert "NVIDIA_DRIVER_CAPABILITIES=compute,utility" in env


def test_the_toolkit_has_one_of_the_layers() -> None:
    wheels = [a_wheel(f"large-{number}", "1", size=LARGE) for number in range(20)]
    cases = [
        Case(project=a_project(neve={"base": "nixpkgs", "image": {"max-layers": 16}, **more}))
        for more in ({}, {"cuda": {"version": "12.9", "toolkit": ["nvcc"]}})
    ]
    plain, cuda = (len(wheel_layers(make_plan(case.project), wheels)) for case in cases)
    assert plain - cuda == 1
