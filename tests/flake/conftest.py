"""What neve's own flake is evaluated with."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.nixpkgs.tree import evaluating_stand_in, real_nixpkgs

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
# What evaluation reads of the checkout; .venv beside it may hold hundreds of megabytes.
_READ = ("flake", "nix", "python", "templates", "examples/hello", "tests/render/golden")
_FILES = ("flake.nix", "flake.lock", "pyproject.toml", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository, as far as the flake's outputs are made of it."""
    copy = tmp_path_factory.mktemp("flake") / "neve"
    for name in _READ:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    for name in _FILES:
        shutil.copyfile(ROOT / name, copy / name)
    return copy


def flake_of(tree: Path, into: Path) -> Path:
    """A flake at ``into`` that gives the packages of ``tree``, and by name what neve's flake asks for besides."""
    shutil.copytree(HERE / "nixpkgs", into)
    (into / "tree").symlink_to(tree)
    return into


__all__ = ["checkout", "evaluating_stand_in", "flake_of", "real_nixpkgs"]
