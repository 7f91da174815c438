"""What projects of each kind say of themselves."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.project.project import BuildSystem, PythonRequest
from neve.project.pyproject import LEGACY
from neve.project.python_version import read_python_version
from neve.project.read import read_project
from tests.project.reading import problem, project


def test_plain_sources_ask_for_no_python(tmp_path: Path) -> None:
    directory = tmp_path / "My Tools"
    directory.mkdir()
    found = project(directory, {"run.py": ""})
    assert (found.kind, found.name, found.named, found.has_python) == ("sources", "my-tools", False, False)
    assert found.build_system is None


@pytest.mark.parametrize(
    "files",
    [
        {"neve.toml": 'python = "3.13"\n'},
        {"neve.toml": 'interpreter = "base"\n'},
        {"neve.toml": "", ".python-version": "3.12\n"},
        {"neve.toml": "", ".python-version": "3\n"},
    ],
)
def test_plain_sources_with_an_interpreter(tmp_path: Path, files: dict[str, str]) -> None:
    assert project(tmp_path, files).has_python


def test_a_virtual_root_of_a_workspace(tmp_path: Path) -> None:
    found = project(tmp_path, {"pyproject.toml": '[tool.uv.workspace]\nmembers = ["a"]\n'})
    assert (found.kind, found.named, found.build_system) == ("uv", False, None)


def test_the_python_of_a_virtual_root_is_that_of_its_members(tmp_path: Path) -> None:
    root = '[tool.uv.workspace]\nmembers = ["packages/*"]\nexclude = ["packages/old"]\n'
    files = {
        "pyproject.toml": root,
        "packages/a/pyproject.toml": '[project]\nname = "a"\nrequires-python = ">=3.11"\n',
        "packages/b/pyproject.toml": '[project]\nname = "b"\nrequires-python = "<3.13"\n',
        "packages/old/pyproject.toml": '[project]\nname = "old"\nrequires-python = "<3"\n',
    }
    found = project(tmp_path, files)
    assert found.requires_python == ">=3.11,<3.13"
    assert found.files == ("pyproject.toml", "packages/a/pyproject.toml", "packages/b/pyproject.toml")
    assert found.python == PythonRequest(specifier=">=3.11,<3.13", origin="requires-python of packages/a, packages/b")
    locked = project(tmp_path / "x", {"pyproject.toml": root, "uv.lock": 'requires-python = ">=3.12"\n'})
    assert (locked.requires_python, locked.python.origin) == (">=3.12", "requires-python of uv.lock")


def test_hatch(tmp_path: Path) -> None:
    found = project(tmp_path, {"pyproject.toml": '[project]\nname = "app"\n', "hatch.toml": ""})
    assert (found.kind, found.reason, found.files) == ("hatch", "hatch.toml is there", ("hatch.toml", "pyproject.toml"))


def test_rye_that_is_virtual(tmp_path: Path) -> None:
    text = '[project]\nname = "app"\n[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
    assert project(tmp_path, {"pyproject.toml": text + "[tool.rye]\n"}).build_system is not None
    assert project(tmp_path, {"pyproject.toml": text + "[tool.rye]\nvirtual = true\n"}).build_system is None


def test_the_lock_of_dev_is_read_where_it_is_asked_for(tmp_path: Path) -> None:
    text = '[project]\nname = "app"\n[tool.rye]\n'
    locks = {"requirements.lock": "", "requirements-dev.lock": ""}
    assert project(tmp_path, {**locks, "pyproject.toml": text}).files == ("requirements.lock", "pyproject.toml")
    found = project(tmp_path, {"pyproject.toml": text + '[tool.neve]\ngroups = ["dev"]\n'})
    assert found.files == ("requirements.lock", "requirements-dev.lock", "pyproject.toml")


def test_poetry(tmp_path: Path) -> None:
    text = '[tool.poetry]\nname = "My_App"\nversion = "2"\n[tool.poetry.dependencies]\npython = "^3.12"\n'
    found = project(tmp_path, {"pyproject.toml": text + '[tool.poetry.scripts]\nserve = "app:main"\n'})
    assert (found.kind, found.name, found.version, found.scripts) == ("poetry", "my-app", "2", ("serve",))
    assert found.build_system == BuildSystem(requires=("poetry-core",), backend="poetry.core.masonry.api")
    assert found.requires_python is not None
    assert "3.12" in found.requires_python
    assert found.python.origin == "tool.poetry.dependencies.python"
    apart = text.replace("[tool.poetry]\n", "[tool.poetry]\npackage-mode = false\n")
    assert project(tmp_path, {"pyproject.toml": apart}).build_system is None


def test_a_pipfile_is_no_package(tmp_path: Path) -> None:
    found = project(tmp_path, {"Pipfile": '[packages]\nrich = "*"\n[requires]\npython_version = "3.12"\n'})
    assert (found.kind, found.build_system, found.named) == ("pipenv", None, False)
    assert (found.requires_python or "").startswith("==3.12")


def test_requirements(tmp_path: Path) -> None:
    files = {"requirements.txt": "-r more/base.txt\nrich\n", "more/base.txt": "-c ../limits.txt\n", "limits.txt": ""}
    found = project(tmp_path, files)
    assert (found.kind, found.build_system) == ("requirements", None)
    assert found.files == ("requirements.txt", "more/base.txt", "limits.txt")


@pytest.mark.parametrize("line", ["-e .", "-e .[x]", ".", "./", "--editable=.", "-e file:."])
def test_requirements_that_ask_for_the_directory_are_a_package(tmp_path: Path, line: str) -> None:
    found = project(tmp_path, {"requirements.txt": f"{line}\n", "setup.py": "setup(name='thing')\n"})
    assert (found.name, found.build_system) == ("thing", LEGACY)


def test_requirements_beside_the_project(tmp_path: Path) -> None:
    (tmp_path / "common.txt").write_text("rich\n")
    (tmp_path / "app").mkdir()
    assert project(tmp_path / "app", {"requirements.txt": "-r ../common.txt\n"}).files[1] == "../common.txt"
    found = problem(tmp_path / "app", {"requirements.txt": "-r x/../../none.txt\n"})
    assert found.where == str(tmp_path.resolve() / "none.txt")


def test_a_configuration_of_its_own(tmp_path: Path) -> None:
    found = project(tmp_path, {"requirements.txt": "", "neve.toml": 'release = "forky"\n[image]\nports = [80]\n'})
    assert (found.config.release, found.config.image.ports) == ("forky", (80,))
    assert found.files == ("requirements.txt", "neve.toml")


def test_a_key_of_neve_toml_has_its_own_place(tmp_path: Path) -> None:
    assert problem(tmp_path, {"requirements.txt": "", "neve.toml": "sytem = []\n"}).where == "neve.toml, sytem"


def test_what_the_base_refuses_has_its_own_place_too(tmp_path: Path) -> None:
    assert (
        problem(tmp_path, {"requirements.txt": "", "neve.toml": 'system = ["A B"]\n'}).where == "neve.toml, system[0]"
    )
    found = problem(tmp_path, {"neve.toml": 'system = ["Upper"]\n'})
    assert found.where == "neve.toml, system[0]"


def test_two_configurations(tmp_path: Path) -> None:
    own = '[project]\nname = "app"\n'
    assert project(tmp_path, {"pyproject.toml": own, "neve.toml": 'python = "3.13"\n'}).config.python == "3.13"
    found = problem(tmp_path, {"pyproject.toml": own + '[tool.neve]\npython = "3.12"\n'})
    assert found.what == "the configuration is in two places"


@pytest.mark.parametrize("name", ["pyproject.toml", "neve.toml", "Pipfile"])
def test_truncated_files(tmp_path: Path, name: str) -> None:
    assert problem(tmp_path, {name: '[a]\nb = "'}).where == f"{name}:2"


def test_the_project_that_is_asked_for(tmp_path: Path) -> None:
    found = project(
        tmp_path,
        {
            "pyproject.toml": '[project]\nname = "app"\n',
            "requirements.txt": "",
            "neve.toml": 'project = "requirements"\n',
        },
    )
    assert (found.kind, found.name, found.build_system) == ("requirements", "app", None)
    assert found.passed_over == (("pyproject", "pyproject.toml"),)


@pytest.mark.parametrize(
    ("text", "version", "note"),
    [
        ("3.12.4\n", "3.12", ""),
        ("3.12", "3.12", ""),
        ("3.13t\n", "3.13t", ""),
        ("3.13.1t\n", "3.13t", ""),
        ("cpython-3.11\n", "3.11", ""),
        ("3.13+freethreaded", "3.13t", ""),
        ("3.15.0rc1", "3.15", ""),
        ("3.15-dev", "3.15", ""),
        ("# ours\n\n3.12  # why\n", "3.12", ""),
        ("pypy3.10-7.3\n3.12\n3.11\n", "3.12", ".python-version: 3.12 is taken, not pypy3.10-7.3, 3.11"),
        ("312", "3.12", ""),
        ("cpython-3.13.0+freethreaded-linux-aarch64-gnu", "3.13t", ""),
        ("3", None, ""),
        (">=3.11,<3.13", None, ""),
        (">=3.1x\n3.12", "3.12", ".python-version: 3.12 is taken, not >=3.1x"),
        ("2.7.18\n", None, ".python-version: 2.7.18 is no CPython 3"),
        ("system\n", None, ".python-version: system is no CPython 3"),
        ("my-venv\n", None, ".python-version: my-venv is no CPython 3"),
        ("", None, ""),
    ],
)
def test_pyenv(text: str, version: str | None, note: str) -> None:
    found = read_python_version(text)
    assert (found.version, found.note) == (version, note)


def test_a_pyenv_project_says_what_is_passed_over(tmp_path: Path) -> None:
    found = project(tmp_path, {"requirements.txt": "", ".python-version": "my-venv\n"})
    assert found.notes == (".python-version: my-venv is no CPython 3",)
    assert found.python.version is None


@pytest.mark.parametrize(
    ("files", "where"),
    [
        ({"Pipfile": '[[source]]\nurl = "https://u:p@h.example/simple"\n'}, "Pipfile, source[0].url"),
        (
            {"pyproject.toml": '[tool.poetry]\n[[tool.poetry.source]]\nurl = "https://u:p@h.example/simple"\n'},
            "pyproject.toml, tool.poetry.source[0].url",
        ),
        ({"requirements.txt": "rich\n-i https://u:p@h.example/simple\n"}, "requirements.txt:2"),
    ],
)
def test_passwords_are_refused_in_every_kind(tmp_path: Path, files: dict[str, str], where: str) -> None:
    found = problem(tmp_path, files)
    assert (found.what, found.where) == ("a URL holds a password", where)


@pytest.mark.parametrize("name", ["requirements.txt", "more.txt"])
def test_a_pipe_is_not_waited_for(tmp_path: Path, name: str) -> None:
    (tmp_path / "requirements.txt").write_text("-r more.txt\n")
    (tmp_path / name).unlink(missing_ok=True)
    os.mkfifo(tmp_path / name)
    with pytest.raises(NeveError):
        read_project(tmp_path)


def test_long_lines_take_no_time(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text(f".{'[' * 200_000}\n{' ' * 200_000}x\nrich{' ' * 200_000}x\n")
    assert read_project(tmp_path).kind == "requirements"
    (tmp_path / "a.py").write_text("# /// a\n" * 100_000)
    assert read_project(tmp_path, "a.py").kind == "script"
