"""Trees to use as the input nixpkgs: the stand-in, evaluating or building, and the real one of NEVE_NIXPKGS."""

from __future__ import annotations

import base64
import json
import os
import shutil
from functools import cache
from pathlib import Path

import pytest

from neve.files import cache_home
from neve.nix.find import find_nix
from neve.nix.nix import Nix
from neve.nix.store_path import nar_sha256
from neve.progress import Silent
from neve.tools import Toolbox

HERE = Path(__file__).parent
_NO_PART = shutil.ignore_patterns("*_pins.py", "tree.py", "conftest.py", "test_*.py", "__pycache__", "__init__.py")


def nar_hash(path: Path) -> str:
    """The hash of a tree as flake.lock has it (``sha256-…``)."""
    return f"sha256-{base64.b64encode(bytes.fromhex(nar_sha256(path))).decode()}"


def stand_in(into: Path) -> Path:
    """A copy of the stand-in's own files at ``into``: evaluates, builds nothing."""
    shutil.copytree(HERE, into, ignore=_NO_PART)
    return into


def building(into: Path, nix: Nix) -> Path:
    """A copy of the stand-in at ``into`` that builds in ``nix``'s store. Asks a Debian mirror for what that lacks."""
    from tests.nixpkgs.debian_pins import make_pins

    tree = stand_in(into)
    (tree / "pins.json").write_text(json.dumps(make_pins(nix), indent=1, sort_keys=True))
    return tree


def real(into: Path, tree: Path, nix: Nix | None = None) -> Path:
    """A tree at ``into`` that evaluates the real nixpkgs of ``tree``, with what that does not wire.

    With ``nix`` its leaf packages are Debian's, and what its own functions make of them builds in that store.
    """
    part = into / "stand-in"
    if nix is None:
        stand_in(part)
    else:
        building(part, nix)
    shutil.copytree(tree, into / "nixpkgs", symlinks=True, ignore=shutil.ignore_patterns(".git"))
    (part / "real.nix").rename(into / "default.nix")
    shutil.copy(part / "flake.nix", into / "flake.nix")
    (into / "lib").mkdir()
    (into / "lib/default.nix").write_text("import ../nixpkgs/lib\n")
    return into


@cache
def shared_nix() -> Nix:
    """The Nix that neve uses here, with its ordinary store."""
    return find_nix(Toolbox(cache=cache_home(), progress=Silent()))


@pytest.fixture(scope="session")
def evaluating_stand_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stand-in, for evaluation."""
    return stand_in(tmp_path_factory.mktemp("nixpkgs") / "tree")


@pytest.fixture(scope="session")
def building_stand_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stand-in with pins: what it has builds in neve's ordinary store. For tests marked build and network."""
    return building(tmp_path_factory.mktemp("nixpkgs") / "tree", shared_nix())


@pytest.fixture(scope="session")
def real_nixpkgs() -> Path:
    """The tree that NEVE_NIXPKGS names."""
    return _named()


@pytest.fixture(scope="session", params=["stand-in", pytest.param("real", marks=pytest.mark.nixpkgs)])
def building_nixpkgs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stand-in, then the tree of NEVE_NIXPKGS, whose own functions run on the same packages of Debian.

    For tests marked build and network.
    """
    into = tmp_path_factory.mktemp("nixpkgs") / "tree"
    return building(into, shared_nix()) if request.param == "stand-in" else real(into, _named(), shared_nix())


def _named() -> Path:
    named = os.environ.get("NEVE_NIXPKGS")
    if not named:
        pytest.skip("NEVE_NIXPKGS names no tree")
    return Path(named).resolve()


__all__ = [
    "building",
    "building_nixpkgs",
    "building_stand_in",
    "evaluating_stand_in",
    "nar_hash",
    "real",
    "real_nixpkgs",
    "shared_nix",
    "stand_in",
]
