"""A real tree: what it has as files and does not wire is there, and evaluates."""

from __future__ import annotations

from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.nix.call import evaluate
from tests.nixpkgs.tree import real, shared_nix

pytestmark = pytest.mark.build  # the tree's files go into a store


@pytest.fixture(scope="module")
def wired(real_nixpkgs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return real(tmp_path_factory.mktemp("nixpkgs") / "real", real_nixpkgs)


def _value(wired: Path, expression: str) -> object:
    packages = f'(import {wired} {{ system = "x86_64-linux"; }})'
    return evaluate(shared_nix(), f"with {packages}; {expression}", offline=True, extra=["--impure", "--expr"])


def test_what_neve_calls_evaluates(wired: Path) -> None:
    wanted = """[
      (dockerTools.buildLayeredImage { name = "x"; contents = [ jq ]; config.Cmd = [ "jq" ]; })
      (dockerTools.streamLayeredImage { name = "x"; maxLayers = 5; })
      (mkShell { packages = [ uv ]; FOO = "1"; })
      (closureInfo { rootPaths = [ python3 ]; })
      autoPatchelfHook
      isa-l
      stdenv.cc.cc.lib
    ] ++ pythonManylinuxPackages.manylinux2014"""
    paths = _value(wired, f"map (package: package.drvPath) ({wanted})")
    assert isinstance(paths, list)
    assert len(paths) > 7
    assert all(path.endswith(".drv") for path in paths)


def test_its_dockertools_refuses_the_same_arguments(wired: Path) -> None:
    with pytest.raises(NeveError) as caught:
        _value(wired, '(dockerTools.buildLayeredImage { name = "x"; entrypoint = [ ]; }).drvPath')
    assert "unexpected argument 'entrypoint'" in f"{caught.value.what} {caught.value.why}"
