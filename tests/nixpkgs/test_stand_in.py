"""The stand-in for nixpkgs: how it is called, what it refuses and what it records."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.nixpkgs.tree import nar_hash, stand_in

Instantiate = Callable[[Sequence[str]], str]

REFUSED = {
    "a name that dockerTools does not know": (
        'dockerTools.buildLayeredImage { name = "x"; entrypoint = [ ]; }',
        "unexpected argument 'entrypoint'",
    ),
    "an image in one layer": ('dockerTools.streamLayeredImage { name = "x"; maxLayers = 1; }', "greater than 1"),
    "an unfree package": ("unrar", "has an unfree license"),
    "an unfree package of CUDA": ("cudaPackages_12_9.cuda_nvcc", "CUDA EULA"),
    "a removed set": ("cudaPackages_11", "has been removed"),
    "a set that never was": ("pkgs.cudaPackages_12_7", "attribute 'cudaPackages_12_7' missing"),
    "an input that is no package": ("mkShell { packages = [ { a = 1; } ]; }", "not of a valid type"),
    "a variable twice": ('runCommand "x" { A = "1"; env.A = "2"; } ""', "cannot contain any attributes"),
    "a broken package": ("broken", "is marked as broken"),
    "a wrong argument of closureInfo": (
        "closureInfo { rootPaths = [ ]; paths = [ ]; }",
        "unexpected argument 'paths'",
    ),
}
ALLOWED = '{ allowUnfreePredicate = package: (import lib).getName package == "unrar"; }'


def _packages(tree: Path, config: str = "{ }") -> str:
    return f'(import {tree} {{ system = "x86_64-linux"; config = let lib = {tree}/lib; in {config}; }})'


def _value(instantiate: Instantiate, expression: str) -> Any:
    return json.loads(instantiate(["--eval", "--strict", "--json", "--expr", expression]))


@pytest.mark.parametrize("case", REFUSED)
def test_what_nixpkgs_refuses_is_refused(evaluating_stand_in: Path, nix_instantiate: Instantiate, case: str) -> None:
    expression, words = REFUSED[case]
    with pytest.raises(AssertionError, match=re.escape(words)):
        _value(nix_instantiate, f"with {_packages(evaluating_stand_in)}; ({expression}).drvPath")


def test_what_the_predicate_admits_is_allowed(evaluating_stand_in: Path, nix_instantiate: Instantiate) -> None:
    packages = _packages(evaluating_stand_in, ALLOWED)
    assert _value(nix_instantiate, f"{packages}.unrar.drvPath").endswith("-unrar-1.0.drv")
    assert _value(nix_instantiate, f"{packages}.cudaPackages_12_9.cuda_nvcc.name") == "cuda_nvcc-12.9"
    with pytest.raises(AssertionError, match="CUDA EULA"):
        _value(nix_instantiate, f"{packages}.cudaPackages_12_9.cuda_nvcc.outPath")


def test_it_says_how_it_was_called(evaluating_stand_in: Path, nix_instantiate: Instantiate) -> None:
    call = 'dockerTools.buildLayeredImage { name = "x"; config.Cmd = [ "a" ]; contents = [ jq ]; compressor = "zstd"; }'
    recorded = _value(nix_instantiate, f"with {_packages(evaluating_stand_in)}; ({call}).recorded")
    assert recorded["function"] == "dockerTools.buildLayeredImage"
    assert recorded["arguments"] | {"contents": None} == {
        "name": "x",
        "config": {"Cmd": ["a"]},
        "contents": None,
        "compressor": "zstd",
    }
    shell = f'with {_packages(evaluating_stand_in)}; (mkShell {{ FOO = "1"; }}).recorded'
    assert _value(nix_instantiate, shell) == {"function": "mkShell", "arguments": {"FOO": "1"}}


def test_overlays_and_overrides(evaluating_stand_in: Path, nix_instantiate: Instantiate) -> None:
    overlay = '(final: previous: { jq = previous.jq // { pname = "mine"; }; again = final.jq.pname; })'
    expression = f'(import {evaluating_stand_in} {{ system = "x86_64-linux"; overlays = [ {overlay} ]; }}).again'
    assert _value(nix_instantiate, expression) == "mine"
    changed = 'stdenv.mkDerivation (final: { pname = "a"; version = "1"; text = final.version; })'
    expression = f'with {_packages(evaluating_stand_in)}; (({changed}).overrideAttrs {{ version = "2"; }})'
    assert _value(nix_instantiate, f"{expression}.name") == "a-2"
    assert _value(nix_instantiate, f"{expression}.text") == "2"


def test_the_copy_holds_what_is_nix_and_no_test(evaluating_stand_in: Path, tmp_path: Path) -> None:
    names = {path.name for path in evaluating_stand_in.rglob("*")}
    assert {"flake.nix", "setup.sh", "lib"} <= names
    assert not {name for name in names if name.startswith("test_") or name == "__pycache__"}
    assert nar_hash(evaluating_stand_in) == nar_hash(stand_in(tmp_path / "again"))
