from __future__ import annotations

from pathlib import Path

import pytest

from neve.project.project import BuildSystem
from neve.python.source_tree import Tree, directory_tree

SETUPTOOLS = BuildSystem(requires=("setuptools",), backend="setuptools.build_meta")


def system(backend: str, *requires: str, path: tuple[str, ...] = ()) -> BuildSystem:
    return BuildSystem(requires=requires, backend=backend, backend_path=path)


def tree(*names: str, **texts: str) -> Tree:
    """``texts`` are of files whose names have ``__`` for a dot."""
    read = {name.replace("__", "."): text for name, text in texts.items()}
    return Tree((*names, *read), read)


@pytest.mark.parametrize(
    ("found", "languages"),
    [
        (tree("src/a.py", setup__py="setup()"), ()),
        (tree("src/a.c"), ("c",)),
        (tree("src/A.C"), ("c",)),
        (tree("tests/a.c", "docs/b.cpp", "src/Examples/c.f90"), ()),
        (tree("src/testing/a.c"), ("c",)),
        (tree("src/a.pyx"), ("c",)),
        (tree(a__pyx="# distutils: language = c++\n"), ("c", "c++")),
        (tree("src/a.pyx", setup__py="Extension('a', language='c++')"), ("c", "c++")),
        (tree("src/a.cc"), ("c", "c++")),
        (tree("src/a.cu"), ("c", "c++")),
        (tree("src/a.f90"), ("c", "fortran")),
        (tree("CMakeLists.txt"), ("c", "c++")),
        (tree(setup__py="setup(ext_modules=find())"), ("c",)),
        (tree(setup__py="setup(cffi_modules=['b.py:ffi'])"), ("c",)),
        (tree(pyproject__toml="[[tool.setuptools.ext-modules]]"), ("c",)),
        (tree("Cargo.toml"), ("c", "rust")),
        (tree("bench/rust/Cargo.toml"), ()),
    ],
)
def test_languages(found: Tree, languages: tuple[str, ...]) -> None:
    assert found.languages(SETUPTOOLS) == languages


def test_languages_depend_on_the_backend() -> None:
    assert tree("a.c").languages(system("flit_core.buildapi")) == ()
    assert tree("a.c").languages(system("flit_core.buildapi", path=(".",))) == ("c",)
    assert tree("rust/Cargo.toml").languages(system("setuptools.build_meta", "Setuptools-Rust>=1")) == ("c", "rust")


HATCH_HOOK = '[tool.hatch.build.targets.wheel.hooks.custom]\ndependencies = ["x"]\n'


@pytest.mark.parametrize(
    ("found", "backend", "asked"),
    [
        (tree(setup__py="setup()"), "setuptools.build_meta", False),
        (tree(setup__py="setup(setup_requires=['x'])"), "setuptools.build_meta:__legacy__", True),
        (tree(setup__cfg="[options]\nsetup_requires = x"), "setuptools.build_meta", True),
        (tree(), "hatchling.build", False),
        (tree(pyproject__toml='[project]\ndependencies = ["x"]\n'), "hatchling.build", False),
        (tree(pyproject__toml=HATCH_HOOK), "hatchling.build", True),
        (tree(pyproject__toml="[tool.hatch.build]\nrequire-runtime-dependencies = true"), "hatchling.build", True),
        (tree(hatch__toml="[build.hooks.custom]"), "hatchling.build", True),
        (tree(), "flit_core.buildapi", False),
        (tree(), "poetry.core.masonry.api", False),
        (tree(), "uv_build", False),
        (tree(), "pdm.backend", False),
        (tree(pyproject__toml="[tool.pdm.build]\nrun-setuptools = true"), "pdm.backend", True),
        (tree(), "scikit_build_core.build", True),
        (tree(), "mesonpy", True),
        (tree(), "maturin", True),
    ],
)
def test_who_must_be_asked(found: Tree, backend: str, asked: bool) -> None:
    assert found.must_be_asked(system(backend)) is asked


def test_a_backend_in_the_tree_must_be_asked() -> None:
    assert tree().must_be_asked(system("setuptools.build_meta", path=(".",)))


def test_a_directory_is_read_as_far_as_it_says_something(tmp_path: Path) -> None:
    (tmp_path / "setup.py").write_text("setup()")
    (tmp_path / "a.pyx").write_bytes(b"# distutils: language=c++\n\xff" + b"x" * 5000)
    (tmp_path / "data.bin").write_bytes(b"\xff")
    found = directory_tree(tmp_path, ["setup.py", "a.pyx", "data.bin", "gone.py", "setup.cfg"])
    assert found.texts["setup.py"] == "setup()"
    assert len(found.text("a.pyx")) == 2048
    assert "data.bin" not in found.texts
    assert found.texts["setup.cfg"] is None
    assert found.languages(SETUPTOOLS) == ("c", "c++")
