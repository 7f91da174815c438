from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from neve.python.wheel import Wheel
from neve.resources import nix_library
from tests.cases import CASES, Case
from tests.golden import GOLDEN, own
from tests.projects import a_project


@pytest.mark.parametrize("name", CASES)
def test_rendered_trees_are_the_golden_ones(name: str) -> None:
    folder = GOLDEN / name
    held = {str(path.relative_to(folder)): path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()}
    assert own(CASES[name].tree()) == held, "`make golden` writes them anew; then read the diff"


@pytest.mark.parametrize("base", ["debian", "nixpkgs"])
@pytest.mark.parametrize("toolkit", ["nvcc", "cublas"])
def test_builds_are_told_of_the_architectures_that_count(base: str, toolkit: str) -> None:
    """Without a compiler they have no effect, as `neve lock` says."""
    cuda = {"version": "13.0", "toolkit": [toolkit], "architectures": ["8.0"]}
    build = {"requires": ["setuptools"], "build-backend": "setuptools.build_meta"}
    tree = Case(project=a_project(name="kernel", build=build, neve={"base": base, "cuda": cuda})).tree()
    assert any("TORCH_CUDA_ARCH_LIST" in text for name, text in tree.items() if name.startswith("nix/")) == (
        toolkit == "nvcc"
    )


def test_no_golden_file_is_left_over() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(CASES)


def test_every_golden_file_parses(nix_instantiate: Callable[[Sequence[str]], str]) -> None:
    files = [str(path) for path in GOLDEN.rglob("*.nix")]
    assert files
    nix_instantiate(["--parse", *files])


def test_every_file_of_the_library_parses(nix_instantiate: Callable[[Sequence[str]], str]) -> None:
    nix_instantiate(["--parse", *(str(path) for path in nix_library().rglob("*.nix"))])


Reader = Callable[[str], Any]


@pytest.fixture
def read(name: str, nix_instantiate: Callable[[Sequence[str]], str], tmp_path: Path) -> Reader:
    """What Nix makes of a file of the tree."""
    for path, text in CASES[name].tree().items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return lambda file: json.loads(nix_instantiate(["--eval", "--strict", "--json", str(tmp_path / file)]))


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.base == "debian"])
def test_what_nix_reads_is_what_was_meant(name: str, read: Reader) -> None:
    """The values that Nix gets out of the rendered files are those of the lock."""
    lock, environments = CASES[name].lock(), CASES[name].environments()
    for architecture, wheels in environments.items():
        nix = f"nix/{architecture}" if len(environments) > 1 else "nix"
        debian, tools, layers = read(f"{nix}/debian.nix"), read(f"{nix}/tools.nix"), read(f"{nix}/wheels.nix")
        own, builders = lock.debian_of(architecture)
        for group, pins in own.packages.items():
            assert [pin["sha256"] for pin in debian.get(group, [])] == [pin.sha256 for pin in pins]
        assert tools["uv"]["sha256"] == builders.uv.sha256
        assert [wheel["pin"]["sha256"] for wheel in tools["build"]] == [pin.sha256 for pin in lock.build.wheels]
        rendered = {wheel["file"]: wheel["pin"]["sha256"] for layer in layers for wheel in layer["wheels"]}
        assert rendered == {wheel.file: wheel.sha256 for wheel in wheels if isinstance(wheel, Wheel)}


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.base == "nixpkgs"])
def test_what_nix_reads_of_nixpkgs_trees(name: str, read: Reader) -> None:
    lock = CASES[name].lock()
    layers, build = read("nix/wheels.nix"), read("nix/build.nix")
    for architecture, artefacts in CASES[name].environments().items():
        system = f"{architecture}-linux"
        rendered = {wheel["file"]: wheel["pin"]["sha256"] for layer in layers[system] for wheel in layer["wheels"]}
        assert rendered == {a.file: a.sha256 for a in artefacts if isinstance(a, Wheel)}
        assert [wheel["pin"]["sha256"] for wheel in build[system]["project"]] == [w.sha256 for w in lock.build.wheels]
        sdists = {sdist["name"]: sdist for sdist in build[system]["sdists"]}
        assert sdists.keys() == {pin.name for pin in lock.built.values()}
        for pin in lock.built.values():
            source = sdists[pin.name]["pin"]
            hashes = {"sha256": getattr(pin, "sha256", None), "hash": getattr(pin, "nar_hash", None)}
            assert {key: source.get(key) for key in hashes} == hashes
            assert [wheel["name"] for wheel in sdists[pin.name]["requirements"]] == [w.name for w in pin.wheels]
