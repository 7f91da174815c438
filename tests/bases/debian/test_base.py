from __future__ import annotations

import pytest

from neve.bases.base import find_base
from neve.project.config import Config


@pytest.mark.parametrize(
    ("keys", "where", "said"),
    [
        ({"system": ["ffmpeg", "FFmpeg"]}, "pyproject.toml, tool.neve.system[1]", "not a Debian package name"),
        ({"system": ["cudaPackages_12_9.cuda_nvcc"]}, "pyproject.toml, tool.neve.system[0]", "nixpkgs"),
        ({"release": "buster"}, "pyproject.toml, tool.neve.release", "bookworm, trixie, forky"),
        ({"release": "26.05"}, "pyproject.toml, tool.neve.release", 'base = "nixpkgs"'),
        ({"nixpkgs": {"unfree": ["x"]}}, "pyproject.toml, tool.neve.nixpkgs", 'base = "nixpkgs"'),
    ],
)
def test_what_this_base_does_not_have(keys: dict[str, object], where: str, said: str) -> None:
    (problem,) = find_base("debian").problems(Config.model_validate(keys), where="pyproject.toml")
    assert problem.where == where
    assert said in " ".join([problem.what, problem.why or "", *problem.fixes])


def test_what_it_has() -> None:
    system = ["ffmpeg", "g++", "libgl1=1.7.0-1+b2"]
    config = Config.model_validate({"system": system, "release": "forky", "cuda": {"toolkit": ["nvcc"]}})
    assert find_base("debian").problems(config, where="pyproject.toml") == []
