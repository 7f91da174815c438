"""When a rendering is stale: what the key of a build sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from neve.session import Session
from neve.stages.build import _inputs, _keys

_TELLING = {
    "Cargo.lock": "version = 3\n",
    "src/crate/Cargo.lock": "version = 3\n",
    ".cargo/config.toml": "[build]\n",
    "meson.build": "project('app')\n",
    "setup.py": "from setuptools import setup\nsetup()\n",
    "src/fast.pyx": "# distutils: language = c\n",
}


@pytest.mark.parametrize("top", ["", "lib/"])
@pytest.mark.parametrize("name", _TELLING)
def test_what_a_file_says_of_its_build_renders_anew(tmp_path: Path, top: str, name: str) -> None:
    tree = tmp_path / "project" / top
    (tree / name).parent.mkdir(parents=True)
    (tmp_path / "project" / "pyproject.toml").write_text('[project]\nname = "app"\nversion = "1"\n')
    (tree / name).write_text(_TELLING[name])
    before = _key(tmp_path / "project", top)
    assert before == _key(tmp_path / "project", top)
    (tree / name).write_text("# distutils: language = c++\n" + _TELLING[name])
    assert before != _key(tmp_path / "project", top)


def test_code_renders_nothing_anew(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "app"\nversion = "1"\n')
    (tmp_path / "app.py").write_text("")
    (tmp_path / "fast.pyx").write_text("#" * 4096)
    before = _key(tmp_path, "")
    (tmp_path / "app.py").write_text("print(1)\n")
    (tmp_path / "fast.pyx").write_text("#" * 4096 + "\nx = 1\n")
    assert before == _key(tmp_path, "")


def _key(directory: Path, top: str) -> str:
    session = Session(directory, environ={"HOME": str(directory)})
    return _keys(session, (*_inputs(session), *([top] if top else []))).rendered
