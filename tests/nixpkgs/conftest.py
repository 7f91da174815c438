"""The fixtures of tree.py, for the tests of the stand-in itself."""

from tests.nixpkgs.tree import building_nixpkgs, evaluating_stand_in, real_nixpkgs

__all__ = ["building_nixpkgs", "evaluating_stand_in", "real_nixpkgs"]
