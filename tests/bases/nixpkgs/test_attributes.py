from __future__ import annotations

import pytest

from neve.bases.nixpkgs.attributes import ATTRIBUTE, attribute_problems
from neve.errors import NeveError


def problem(path: str) -> NeveError:
    (found,) = attribute_problems([path], where="pyproject.toml")
    assert found.where == "pyproject.toml, tool.neve.system[0]"
    assert found.why
    assert found.fixes
    return found


@pytest.mark.parametrize(
    "path",
    [
        "ffmpeg",
        "libGL",
        "libxml2",
        "libx11",
        "libpng12",
        "xorg.libX11",
        "cudaPackages_12_9.cuda_nvcc",
        "haskellPackages.pandoc",
        "openssl.dev",
        "_7zz",
        "g++",
        "gtk+3",
        "foo'",
        "nodejs_22",
        "pythonfoo",
        "python-launcher",
        "pkgs",
    ],
)
def test_attribute_paths_are_taken(path: str) -> None:
    assert attribute_problems([path], where="pyproject.toml") == []
    assert ATTRIBUTE.match(path)


@pytest.mark.parametrize(
    "path",
    ["", ".", "a.", ".a", "a..b", "a b", "a\n", "-a", "a.-b", '"a"', "a/b", "${a}", "a;b", "ä", "'a", "a#b"],
)
def test_what_is_no_attribute_path(path: str) -> None:
    assert "is no attribute path" in problem(path).what


@pytest.mark.parametrize("path", ["pkgs.ffmpeg", "nixpkgs.ffmpeg", "nixpkgs#ffmpeg"])
def test_the_name_of_nixpkgs_is_not_part_of_it(path: str) -> None:
    assert problem(path).fixes == ("write 'ffmpeg'",)


@pytest.mark.parametrize(
    ("path", "package"),
    [
        ("python313Packages.numpy", "numpy"),
        ("python3Packages.numpy", "numpy"),
        ("pythonPackages.numpy", "numpy"),
        ("python27Packages.numpy", "numpy"),
        ("python3.pkgs.numpy", "numpy"),
        ("python313.pkgs.numpy.dev", "numpy"),
        ("python3-numpy", "numpy"),
        ("python313Packages", "NAME"),
        ("python3.withPackages", "NAME"),
    ],
)
def test_python_packages_come_from_the_lock(path: str, package: str) -> None:
    found = problem(path)
    assert "is a Python package" in found.what
    assert "uv.lock" in (found.why or "")
    assert f"`uv add {package}`" in found.fixes[0]


@pytest.mark.parametrize(
    ("path", "python"),
    [
        ("python3", "3.13"),
        ("python", "3.13"),
        ("python312", "3.12"),
        ("python314Full", "3.14"),
        ("python3Minimal", "3.13"),
        ("python311.interpreter", "3.11"),
        ("python3-dev", "3.13"),
        ("python3.11", "3.11"),
        ("python3.11-venv", "3.11"),
    ],
)
def test_the_interpreter_has_a_key_of_its_own(path: str, python: str) -> None:
    found = problem(path)
    assert "is an interpreter" in found.what
    assert f'`python = "{python}"`' in found.fixes[0]


@pytest.mark.parametrize("path", ["ffmpeg=7:7.1-1", "ffmpeg==7", "nodejs=22"])
def test_versions_cannot_be_chosen(path: str) -> None:
    found = problem(path)
    assert "versions cannot be chosen in nixpkgs" in (found.why or "")
    assert found.fixes[0] == f"write {path.partition('=')[0]!r}"


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("libgl1", "write 'libGL'"),
        ("libgl1:amd64", "write 'libGL'"),
        ("libglib2.0-0", "write 'glib'"),
        ("libglib2.0-0t64", "write 'glib'"),
        ("libpng16-16t64", "`nix search nixpkgs WORD` finds the name there"),
        ("libssl-dev", "`nix search nixpkgs WORD` finds the name there"),
        ("zlib1g-dev", "write 'zlib'"),
    ],
)
def test_names_of_debian_s(name: str, near: str) -> None:
    found = problem(name)
    assert "is a name of Debian's" in found.what
    assert found.fixes == (near, 'or take `base = "debian"`')


def test_all_are_told_of_each_with_its_place() -> None:
    found = attribute_problems(["python3", "ffmpeg", "a..b"], where="neve.toml")
    assert [one.where for one in found] == ["neve.toml, tool.neve.system[0]", "neve.toml, tool.neve.system[2]"]
