"""The fixtures of tree.py, for the tests of the stand-in itself."""

from tests.nixpkgs.tree import building_real_nixpkgs, building_stand_in, evaluating_stand_in, real_nixpkgs

__all__ = ["building_real_nixpkgs", "building_stand_in", "evaluating_stand_in", "real_nixpkgs"]
