"""What setup.cfg and setup.py say, which are read and never run."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.project.pyproject import LEGACY
from neve.project.read import read_project
from neve.project.setup_cfg import static_requirements
from tests.project.reading import problem, project


def test_setup_cfg(tmp_path: Path) -> None:
    found = project(
        tmp_path,
        {
            "setup.cfg": "[metadata]\nname = Thing\nversion = file: VERSION\ndescription = 100 % of it\n"
            "[options]\npython_requires = >=3.11\ninstall_requires = file: needs.txt\n"
            "[options.entry_points]\nconsole_scripts =\n    thing = thing:main\n    bad name = x:y\n",
            "setup.py": "from setuptools import setup\nsetup(name='other', version='1')\n",
            "VERSION": "1.0",
            "needs.txt": "rich",
        },
    )
    assert (found.kind, found.name, found.version, found.scripts) == ("setuptools", "thing", "1", ("thing",))
    assert (found.requires_python, found.python.origin) == (">=3.11", "python_requires")
    assert found.files == ("setup.cfg", "setup.py", "VERSION", "needs.txt")
    assert found.build_system == LEGACY


def test_setup_py_is_read_and_not_run(tmp_path: Path) -> None:
    found = project(
        tmp_path,
        {
            "setup.py": "import setuptools\nopen('ran', 'w')\nNAME = 'thing'\n"
            "setuptools.setup(name=NAME, version=compute(), python_requires='>=3.12',\n"
            "  install_requires=open('needs.txt').read(), entry_points={'console_scripts': ['thing=thing:main']})\n",
            "needs.txt": "rich",
        },
    )
    assert (found.name, found.version, found.requires_python, found.scripts) == ("thing", None, ">=3.12", ("thing",))
    assert "needs.txt" in found.files
    assert not (tmp_path / "ran").exists()


def test_entry_points_as_text(tmp_path: Path) -> None:
    text = 'setup(name=\'thing\', entry_points="""\n[console_scripts]\nThing = thing:main\n[other]\nx = y:z\n""")\n'
    assert project(tmp_path, {"setup.py": text}).scripts == ("Thing",)


CFG = """\
[metadata]
name = thing
[options]
install_requires =
    rich  # for colours
    # no more
    tomli; python_version < "3.11"
[options.extras_require]
Web = click ; attrs
all =
    thing[web]
    lemon
"""


def test_the_requirements_of_setup_cfg(tmp_path: Path) -> None:
    (tmp_path / "setup.cfg").write_text(CFG)
    own = ["rich", 'tomli; python_version < "3.11"']
    assert static_requirements(tmp_path, ()) == own
    assert static_requirements(tmp_path, ["web"]) == [*own, "click", "attrs"]
    assert static_requirements(tmp_path, ["all"]) == [*own, "lemon", "click", "attrs"]
    assert sorted(static_requirements(tmp_path, "all")) == sorted([*own, "lemon", "click", "attrs"])


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("[options]\ninstall_requires = file: needs.txt\n", "setup.cfg, options.install_requires"),
        ("[options]\ninstall_requires =\n    -r needs.txt\n", "setup.cfg, options.install_requires"),
        ("[options]\ninstall_requires =\n    a @ https://u:p@h.example/a.whl\n", "setup.cfg, options.install_requires"),
        ("[options.extras_require]\nx = file: needs.txt\n", "setup.cfg, options.extras_require.x"),
        ("[options.extras_require]\ny = rich\n", "tool.neve.extras"),
    ],
)
def test_requirements_of_setup_cfg_that_cannot_be_read(tmp_path: Path, text: str, where: str) -> None:
    (tmp_path / "setup.cfg").write_text(text)
    with pytest.raises(NeveError) as caught:
        static_requirements(tmp_path, ["x"])
    assert where in [each.where for each in caught.value.errors]


@pytest.mark.parametrize(
    ("files", "where"),
    [
        ({"setup.cfg": "[metadata\n"}, "setup.cfg:1"),
        ({"setup.cfg": "name = x\n"}, "setup.cfg:1"),
        ({"setup.cfg": "[metadata]\nname = a/b\n"}, "setup.cfg, metadata.name"),
        ({"setup.cfg": "[options]\npython_requires = three\n"}, "setup.cfg, options.python_requires"),
        ({"setup.py": "setup(\n"}, "setup.py:1"),
        ({"setup.py": "setup(name='${x}')\n"}, "setup.py, name"),
        ({"setup.py": "(" * 5000}, None),
        ({"setup.py": "\0"}, None),
    ],
)
def test_setuptools_files_that_are_wrong(tmp_path: Path, files: dict[str, str], where: str | None) -> None:
    found = problem(tmp_path, files)
    assert where is None or found.where == where


@pytest.mark.parametrize(
    "text", ["x = " + "+".join(["1"] * 50_000), "x = " + "-" * 50_000 + "1", "a" + ".b" * 50_000, "f" + "()" * 50_000]
)
def test_a_setup_py_of_great_depth(tmp_path: Path, text: str) -> None:
    (tmp_path / "setup.py").write_text(text)
    with suppress(NeveError):
        assert read_project(tmp_path).kind == "setuptools"
