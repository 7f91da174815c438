from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from neve.resources import nix_library
from tests.golden import CASES, GOLDEN, own


@pytest.mark.parametrize("name", CASES)
def test_rendered_trees_are_the_golden_ones(name: str) -> None:
    folder = GOLDEN / name
    held = {str(path.relative_to(folder)): path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()}
    assert own(CASES[name].tree()) == held, "`make golden` writes them anew; then read the diff"


def test_no_golden_file_is_left_over() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(CASES)


def test_every_golden_file_parses(nix_instantiate: Callable[[Sequence[str]], str]) -> None:
    files = [str(path) for path in GOLDEN.rglob("*.nix")]
    assert files
    nix_instantiate(["--parse", *files])


def test_every_file_of_the_library_parses(nix_instantiate: Callable[[Sequence[str]], str]) -> None:
    nix_instantiate(["--parse", *(str(path) for path in nix_library().rglob("*.nix"))])


@pytest.mark.parametrize("name", CASES)
def test_what_nix_reads_is_what_was_meant(
    name: str, nix_instantiate: Callable[[Sequence[str]], str], tmp_path: Path
) -> None:
    """The values that Nix gets out of the rendered files are those of the lock."""
    import json

    for path, text in CASES[name].tree().items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    lock, wheels = CASES[name].lock(), CASES[name].wheels

    def value(file: str) -> object:
        return json.loads(nix_instantiate(["--eval", "--strict", "--json", str(tmp_path / file)]))

    debian, tools, layers = value("nix/debian.nix"), value("nix/tools.nix"), value("nix/wheels.nix")
    assert isinstance(debian, dict)
    assert isinstance(tools, dict)
    assert isinstance(layers, list)
    for group, pins in lock.debian[0].packages.items():
        assert [pin["sha256"] for pin in debian.get(group, [])] == [pin.sha256 for pin in pins]
    assert tools["uv"]["sha256"] == lock.debian[1].uv.sha256
    assert [wheel["pin"]["sha256"] for wheel in tools["build"]] == [pin.sha256 for pin in lock.build.wheels]
    rendered = {wheel["file"]: wheel["pin"]["sha256"] for layer in layers for wheel in layer["wheels"]}
    assert rendered == {wheel.file: wheel.sha256 for wheel in wheels}
