from __future__ import annotations

import tomllib

import pytest

from neve.cuda import table
from neve.cuda.architectures import (
    GPUS,
    Architecture,
    Architectures,
    architectures,
    declared_code,
    misfits,
    parse_architecture,
    runs_on,
)
from tests.golden import ROOT


@pytest.mark.parametrize(
    ("sass", "runs", "fails"),
    [
        # The same major version, from the minor version on.
        ("8.0", ["8.0", "8.6", "8.9"], ["7.5", "9.0", "10.0"]),
        ("8.6", ["8.6", "8.9"], ["8.0", "9.0"]),
        ("10.0", ["10.0", "10.3"], ["9.0", "11.0", "12.0"]),
        # Its own features: there alone.
        ("9.0a", ["9.0"], ["9.1", "8.9", "10.0"]),
        ("10.0a", ["10.0"], ["10.3"]),
        # Those of its family.
        ("10.0f", ["10.0", "10.3"], ["11.0", "12.0", "9.0"]),
        ("10.3f", ["10.3"], ["10.0"]),
        ("12.0f", ["12.0", "12.1"], ["10.0"]),
        # Jetson's GPUs want their own, and what is theirs runs nowhere else.
        ("8.0", [], ["8.7"]),
        ("8.7", ["8.7"], ["8.9", "8.6"]),
        ("7.0", ["7.5"], ["7.2"]),
    ],
)
def test_machine_code(sass: str, runs: list[str], fails: list[str]) -> None:
    has = Architectures(sass=(sass,))
    assert [gpu for gpu in (*runs, *fails) if has.covers(gpu)] == runs


@pytest.mark.parametrize(
    ("ptx", "runs", "fails"),
    [
        ("7.5", ["7.5", "8.6", "8.7", "9.0", "12.1", "13.0"], ["7.0"]),
        ("9.0a", ["9.0"], ["8.9", "10.0", "12.0"]),
        ("10.0f", ["10.0", "10.3"], ["9.0", "11.0", "12.0"]),
        ("10.0", ["10.0", "11.0", "12.0"], ["9.0"]),
    ],
)
def test_ptx(ptx: str, runs: list[str], fails: list[str]) -> None:
    has = Architectures(ptx=(ptx,))
    assert [gpu for gpu in (*runs, *fails) if has.covers(gpu)] == runs


def test_their_order_is_that_of_numbers() -> None:
    has = architectures(["12.0", "9.0a", "8.0", "9.0", "8.0", Architecture.of(100, "f")], ["12.0", "9.0"])
    assert has == Architectures(sass=("8.0", "9.0", "9.0a", "10.0f", "12.0"), ptx=("9.0", "12.0"))
    assert str(has) == "8.0 9.0 9.0a 10.0f 12.0 9.0+PTX 12.0+PTX"


@pytest.mark.parametrize("text", ["", "8", "8.66", "sm_80", "8.0b", "8.0+PTX", "-8.0", "8.0\n"])
def test_what_is_no_capability(text: str) -> None:
    with pytest.raises(ValueError, match="no compute capability"):
        parse_architecture(text)
    with pytest.raises(ValueError, match="no compute capability"):
        Architectures(sass=("8.0",)).covers(text)


def test_an_image_runs_where_all_its_wheels_do() -> None:
    wheels = {
        "one": Architectures(sass=("7.5", "8.0", "9.0"), ptx=("9.0",)),
        "two": Architectures(sass=("8.0", "9.0", "10.0")),
        "three": Architectures(),  # has no code for a GPU
    }
    assert runs_on(wheels) == ("8.0", "8.6", "8.9", "9.0", "10.0", "10.3")
    assert runs_on(wheels, ["12.0", "9.0"]) == ("9.0",)
    assert runs_on({"own": declared_code(["8.8"])}) == ("8.8", "8.9")
    assert "8.8" not in runs_on({"own": declared_code(["8.0+PTX"])})  # it runs there, and no GPU is known to be one
    assert runs_on({}) == tuple(str(one) for one in sorted(map(parse_architecture, GPUS)))


def test_libraries_leave_it_to_who_calls_them() -> None:
    """PyTorch runs on GPUs that cuSPARSELt, which it comes with, has no code for."""
    torch, library = Architectures(sass=("7.5", "8.0")), Architectures(sass=("8.0",))
    wheels = {"torch": torch, "nvidia-cusparselt-cu13": library}
    assert runs_on(wheels) == ("7.5", "8.0", "8.6", "8.9")
    (found,) = misfits(wheels, "7.5")
    assert not found.certain
    assert [one.certain for one in misfits(wheels, "7.0")] == [False, True]
    assert runs_on({"nvidia-cusparselt-cu13": library}) == ("8.0", "8.6", "8.9")


def test_the_example_serves_every_gpu_as_its_readme_says() -> None:
    cuda = tomllib.loads((ROOT / "examples/cuda-kernel/pyproject.toml").read_text("utf-8"))["tool"]["neve"]["cuda"]
    wanted = cuda["architectures"]
    code = architectures(
        [one.removesuffix("+PTX") for one in wanted], [one.removesuffix("+PTX") for one in wanted if "+" in one]
    )
    gpus = [one for one in table.architectures(cuda["version"]) if one[-1].isdecimal()]
    assert [gpu for gpu in gpus if not code.covers(gpu)] == []
    machine_code = Architectures(sass=code.sass)
    assert [gpu for gpu in gpus if not machine_code.covers(gpu)] == ["8.7", "11.0"]


WHEELS = {
    "torch": Architectures(sass=("7.5", "8.0", "8.6", "9.0"), ptx=("9.0",)),
    "flash": Architectures(sass=("8.0", "9.0a")),
    "plain": Architectures(),
}


def test_a_gpu_that_is_too_old() -> None:
    found = misfits(WHEELS, "7.0")
    assert [(one.name, one.gpu) for one in found] == [("flash", "older"), ("torch", "older")]
    assert str(found[1]) == "torch needs compute capability 7.5 or newer, the GPU has 7.0"


def test_a_gpu_that_is_too_new() -> None:
    (found,) = misfits(WHEELS, "12.0")  # the driver compiles torch's PTX
    assert (found.name, found.gpu) == ("flash", "newer")
    assert str(found) == (
        "flash has code up to compute capability 9.0 and none that a driver could compile for newer ones, "
        "the GPU has 12.0"
    )


def test_a_gpu_between() -> None:
    (found,) = misfits({"own": Architectures(sass=("8.6", "9.0a"))}, "8.0")[:1]
    assert found.gpu == "older"
    (found,) = misfits({"own": Architectures(sass=("8.0", "10.0"))}, "9.0")
    assert found.gpu == "other"
    assert str(found) == "own has code for compute capabilities 8.0 10.0, the GPU has 9.0"


def test_gpus_that_run_all() -> None:
    assert misfits(WHEELS, "8.9") == ()
    assert misfits({}, "3.5") == ()
