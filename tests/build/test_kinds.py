"""Projects of several kinds, built and started for real."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build.project import Project

pytestmark = [pytest.mark.build, pytest.mark.network]
SCRIPT = """\
# /// script
# requires-python = ">=3.11"
# dependencies = ["idna==3.10"]
# ///
import sys, idna
print(idna.__version__, *sys.argv[1:])
"""


def project(directory: Path, files: dict[str, str]) -> Project:
    directory.mkdir()
    for name, text in files.items():
        (directory / name).write_text(text)
    return Project(directory=directory)


def test_requirements_are_the_same_image_in_another_directory(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "-r base.txt\n",
        "base.txt": "idna==3.10\n",
        "main.py": "import idna\nprint(idna.__version__)\n",
        "neve.toml": '[image]\ncmd = ["python", "main.py"]\n',
    }
    one = project(tmp_path / "one", files)
    built = one.build("--check")
    assert one.neve("run", "--engine", "bwrap") == "3.10"
    locks = {name: (one.directory / name).read_text() for name in ("neve.lock", "pylock.neve.toml")}
    assert project(tmp_path / "two", files | locks).build("--locked").digest == built.digest
    one.edit("base.txt", "3.10", "3.9")  # it is named nowhere but in requirements.txt
    assert "pylock.neve.toml is not fresh" in one.neve("build", "--locked", fails=True)
    one.build()
    assert one.neve("run", "--engine", "bwrap") == "3.9"


def test_scripts_and_the_directory_around_them(tmp_path: Path) -> None:
    found = project(tmp_path / "p", {"one.py": SCRIPT, "two.py": "import sys\nprint(sys.argv)\n"})
    built = found.build("one.py")
    assert found.neve("run", "one.py", "--engine", "bwrap", "--", "a", "b") == "3.10 a b"
    assert found.neve("run", "two.py", "--engine", "bwrap", "--", "c") == "['two.py', 'c']"
    assert found.build("--locked", "one.py").digest == built.digest
    found.edit("one.py", "print(", "print('now',")
    assert found.neve("run", "one.py", "--engine", "bwrap") == "now 3.10"


def test_plain_sources_have_no_python(tmp_path: Path) -> None:
    files = {
        "run.sh": 'command -v python3 || echo none "$@"\n',
        "neve.toml": '[image]\nentrypoint = ["sh", "run.sh"]\n',
    }
    found = project(tmp_path / "p", files)
    found.build("--check")
    assert found.neve("run", "--engine", "bwrap", "--", "a") == "none a"
    assert found.neve("shell", "--", "sh", "-c", "echo $PATH").startswith("/usr/local/sbin:")
    found.edit("neve.toml", '"sh"', '"python"')
    assert "the image starts 'python', which is not in it" in found.neve("build", "--check", fails=True)


def test_a_setup_py(tmp_path: Path) -> None:
    files = {
        "setup.py": "from setuptools import setup\n"
        "setup(name='thing', version='1', py_modules=['thing'], install_requires=['idna==3.10'],\n"
        "      entry_points={'console_scripts': ['thing = thing:main']})\n",
        "thing.py": "import idna\ndef main():\n    print(idna.__version__)\n",
    }
    found = project(tmp_path / "p", files)
    found.build("--check")
    assert found.neve("run", "--engine", "bwrap") == "3.10"
