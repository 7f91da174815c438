from __future__ import annotations

from pathlib import Path

import pytest

from neve.project.static_version import static_version

CFG = "[metadata]\nversion = 3.0\n"


@pytest.mark.parametrize(
    ("files", "version"),
    [
        ({"pyproject.toml": "[project]\nname = 'a'\nversion = '1.0-rc.1'\n", "setup.cfg": CFG}, "1.0rc1"),
        ({"pyproject.toml": "[tool.poetry]\nversion = '2.1.0'\n"}, "2.1.0"),
        ({"pyproject.toml": "[tool.poetry]\nversion = '0'\n[tool.poetry-dynamic-versioning]\nenable = true\n"}, None),
        ({"setup.cfg": CFG}, "3.0"),
        ({"setup.cfg": CFG, "pyproject.toml": "[build-system]\nrequires = ['setuptools']\n"}, "3.0"),
        ({"setup.cfg": CFG, "pyproject.toml": "[project]\nname = 'a'\ndynamic = ['version']\n"}, "3.0"),
        ({"setup.cfg": CFG, "pyproject.toml": "[build-system]\nbuild-backend = 'hatchling.build'\n"}, None),
        ({"setup.cfg": "[metadata]\nversion = attr: a.version\n"}, None),
        ({"setup.cfg": "[metadata\n"}, None),
        ({"pyproject.toml": "[project]\nname = 'a'\ndynamic = ['version']\n"}, None),
        ({"pyproject.toml": "[project]\nversion = 'x y'\n"}, None),
        ({"pyproject.toml": "project = 3\ntool = 4\n"}, None),
        ({"pyproject.toml": "[project"}, None),
        ({"setup.py": "from setuptools import setup\nsetup(version=read())\n"}, None),
        ({}, None),
    ],
)
def test_what_is_spelt_out(files: dict[str, str], version: str | None, tmp_path: Path) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert static_version(tmp_path) == version
