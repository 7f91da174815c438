"""Which CUDA a Debian image compiles with, and the compiler that goes with it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from neve.bases.debian.compilers import compilers
from neve.bases.debian.cuda_version import choose_version, gccs_of, host_compiler, on_nixpkgs
from neve.bases.debian.suites import SUITES
from neve.components.plan import make_plan
from neve.cuda.components import COMPONENTS, check_components, find_components
from neve.cuda.table import settled, table
from neve.cuda.wheels import CudaWheels
from neve.errors import NeveError
from neve.lock.model import CudaLock
from tests.projects import a_lock, a_project

TRIXIE = SUITES["trixie"].gccs


def choose(asked: str | None, names: Sequence[str], wheels: str | None = None, gccs: Sequence[int] = TRIXIE) -> str:
    brought = None
    if wheels is not None:
        brought = CudaWheels(version=wheels, said_by="torch", components=(), packages=(), size=None)
    return choose_version(asked, brought, find_components(names, where="toolkit"), gccs)


@pytest.mark.parametrize(
    ("asked", "names", "wheels", "version"),
    [
        ("13.2", ["nvcc"], None, "13.2"),
        ("13.2", ["nvcc"], "13.0", "13.2"),
        ("12.4", ["nvcc"], "12.8", "12.4"),
        ("12.8", ["cublas"], None, "12.8"),
        (None, ["nvcc"], "13.0", "13.0"),
        (None, ["cublas"], "12.8", "12.8"),
        (None, ["nvcc"], "12", "12.4"),
        (None, ["cublas"], "12", "12.9"),
    ],
)
def test_the_version(asked: str | None, names: list[str], wheels: str | None, version: str) -> None:
    assert choose(asked, names, wheels) == version


def test_by_default_it_is_the_newest_that_a_compiler_goes_with() -> None:
    newest = settled(table().releases)[-1]
    assert table().releases[newest].driver
    assert choose(None, ["nvcc"]) == newest
    assert choose(None, ["nvcc"], "13") == newest
    assert choose(None, ["nvcc"], gccs=[table().releases["13.2"].gcc + 1]) == newest
    with pytest.raises(NeveError, match="no release of CUDA takes a gcc of the suite"):
        choose(None, ["nvcc"], gccs=[99])


@pytest.mark.parametrize(
    ("asked", "names", "wheels", "what", "fix"),
    [
        ("12.7", ["cublas"], None, "neve knows no CUDA 12.7", "12.8"),
        ("12.7", ["nvcc"], None, "neve knows no CUDA 12.7", 'version = "12.4"'),
        ("12.7", ["nvfatbin"], "13.2", "neve knows no CUDA 12.7", 'version = "13.0"'),
        ("99.9", ["cublas"], None, "neve knows no CUDA 99.9", settled(table().releases)[-1]),
        ("11.8", ["cublas"], None, "the debian base has no toolkit of CUDA 11.8", "12.0"),
        ("11.8", ["nvcc"], None, "the debian base has no toolkit of CUDA 11.8", "is asked for: 12.4, 13.0, 13.1,"),
        ("11.8", ["nvcc", "cudla"], None, "the debian base has no toolkit of CUDA 11.8", "is asked for: 13.2,"),
        ("12.8", ["nvcc", "nvfatbin"], None, "there is no nvcc of CUDA 12.8 for the debian base", 'version = "12.4"'),
        ("12.8", ["nvcc"], None, "there is no nvcc of CUDA 12.8 for the debian base", 'version = "12.4"'),
        (None, ["nvcc"], "12.8", "there is no nvcc of CUDA 12.8 for the debian base", 'version = "12.4"'),
        ("12.4", ["nvcc"], "13.2", "CUDA 12.4 would compile for an environment of CUDA 13.2", "take `version` out"),
        ("13.0", ["cuobjdump"], None, "CUDA 13.0 has no component 'cuobjdump'", "13.2"),
        ("12.4", ["nvvm"], None, "CUDA 12.4 has no component 'nvvm'", "write 'nvcc'"),
    ],
)
def test_what_cannot_be_had(asked: str | None, names: list[str], wheels: str | None, what: str, fix: str) -> None:
    with pytest.raises(NeveError) as raised:
        choose(asked, names, wheels)
    assert raised.value.what == what
    assert fix in raised.value.fixes[0]


def test_no_remedy_of_another_major_version_than_the_wheels() -> None:
    with pytest.raises(NeveError) as raised:
        choose(None, ["nvcc"], "12.8")
    assert not any('"13' in fix for fix in raised.value.fixes)
    assert any('base = "nixpkgs"' in fix for fix in raised.value.fixes)
    assert "torch" in (raised.value.where or "")


@pytest.mark.parametrize(
    ("version", "named"),
    [
        ("12.8", 'base = "nixpkgs" under'),
        ("12.5", 'base = "nixpkgs" and release = "25.05" under'),
        ("11.8", 'base = "nixpkgs" and release = "25.05" under'),
    ],
)
def test_the_other_base_is_named_with_a_release_that_has_it(version: str, named: str) -> None:
    with pytest.raises(NeveError) as raised:
        choose(version, ["nvcc"])
    (other,) = (fix for fix in raised.value.fixes if "nixpkgs" in fix)
    assert named in other
    assert not any("13.5" in fix for fix in raised.value.fixes)
    assert on_nixpkgs("13.4") == []


def test_the_host_compiler_is_the_newest_that_it_accepts() -> None:
    assert gccs_of(["g++-14", "g++", "g++-13", "gcc-15", "g++-14-multilib"]) == (13, 14)
    assert host_compiler("13.2", "trixie", TRIXIE) == "g++-14"
    assert host_compiler("12.4", "trixie", TRIXIE) == "g++-13"
    assert host_compiler("13.2", "bookworm", SUITES["bookworm"].gccs) == "g++-12"
    assert host_compiler("13.2", "forky", SUITES["forky"].gccs) == "g++-15"


def test_a_suite_without_a_compiler_that_fits() -> None:
    with pytest.raises(NeveError) as raised:
        host_compiler("12.4", "forky", (15, 16))
    error = raised.value
    assert error.what == "Debian forky has no gcc that CUDA 12.4 takes as its host compiler"
    assert error.why == "the newest that nvcc 12.4 takes is gcc 13; forky has 15, 16"
    assert '"bookworm" or "trixie"' in error.fixes[0]
    assert f'version = "{settled(table().releases)[-1]}"' in error.fixes[1]


def test_the_host_compiler_is_among_what_builds() -> None:
    plan = make_plan(a_project())
    base = a_lock().debian[0]
    assert compilers(plan, base, ()) == ()
    wanted = compilers(plan, base, (), CudaLock(version="12.4", toolkit=("nvcc",), compiler="g++-13"))
    assert {"g++-13", "gcc-13", "g++", "gcc", "libc6-dev", "make"} <= {*wanted}
    assert compilers(plan, base, (), CudaLock(version="12.8", toolkit=("cublas",))) == ()


def test_one_spelling_serves_both_bases() -> None:
    found = find_components(["cuda_nvcc", "nvcc", "libcublas", "cuda_cudart", "cuda-runtime"], where="toolkit")
    assert [component.name for component in found] == ["cublas", "cudart", "nvcc"]
    spellings = [spelling for component in COMPONENTS.values() for spelling in component.spellings]
    assert len(spellings) == len({*spellings})


def test_components_that_there_are_not() -> None:
    with pytest.raises(NeveError) as raised:
        find_components(["nvcc", "cufoo", "cublass", "zzz"], where="tool.neve.cuda.toolkit")
    errors = raised.value.errors
    assert [error.where for error in errors] == [f"tool.neve.cuda.toolkit[{number}]" for number in (1, 2, 3)]
    assert errors[1].fixes == ("did you mean 'cublas'?", f"or take one of: {', '.join(COMPONENTS)}")
    assert errors[2].fixes == (f"take one of: {', '.join(COMPONENTS)}",)
    with pytest.raises(NeveError) as raised:
        find_components(["nvvc"], where="tool.neve.cuda.toolkit")
    assert {"'nvvm'", "'nvcc'"} <= {*raised.value.fixes[0].rstrip("?").split()}
    with pytest.raises(NeveError) as raised:
        check_components(find_components(["nvvm", "cuobjdump"], where=""), "12.4", ["12.4", "13.0", "13.2"], where="x")
    assert [error.fixes[-1] for error in raised.value.errors] == [
        "take a release that has it: 13.2",  # and the other, too
        "take a release that has it: 13.2",
    ]
