from __future__ import annotations

from typing import Any

import pytest

from neve.errors import ManyErrors, NeveError
from neve.project.project import BuildSystem, Project, PythonRequest
from neve.project.pyproject import parse_toml, project_from_pyproject

HATCHLING = {"requires": ["hatchling"], "build-backend": "hatchling.build"}


def project(python_version: str | None = None, *, build: Any = None, tool: Any = None, **table: Any) -> Project:
    data: dict[str, Any] = {"project": {"name": "app", **table}}
    if build is not None:
        data["build-system"] = build
    if tool is not None:
        data["tool"] = tool
    return project_from_pyproject(data, where="pyproject.toml", python_version=python_version)


def test_toml_is_refused_with_its_line() -> None:
    with pytest.raises(NeveError) as caught:
        parse_toml("a = 1\nb = = 2\n", where="pyproject.toml")
    assert caught.value.where == "pyproject.toml:2"


def test_toml_that_is_nested_too_deeply() -> None:
    with pytest.raises(NeveError):
        parse_toml("a = " + "[" * 100_000, where="pyproject.toml")


def test_the_metadata() -> None:
    found = project(
        name="My_App",
        version="1.2",
        description="An app",
        license="MIT",
        urls={"Source": "https://code.example/app"},
        scripts={"serve": "app:main", "admin": "app:admin", "bad name": "app:x"},
        build=HATCHLING,
    )
    assert (found.name, found.version, found.description, found.license) == ("my-app", "1.2", "An app", "MIT")
    assert found.scripts == ("admin", "serve")
    assert found.urls == {"source": "https://code.example/app"}
    assert found.build_system == BuildSystem(requires=("hatchling",), backend="hatchling.build")


def test_foreign_values_of_odd_types_are_left_alone() -> None:
    found = project(version=1, description=[], license={"file": "LICENSE"}, urls=[], scripts=[], build=HATCHLING)
    assert (found.version, found.description, found.license, found.urls, found.scripts) == (None, None, None, {}, ())


def test_without_a_build_system_there_are_no_scripts() -> None:
    found = project(scripts={"serve": "app:main"})
    assert found.build_system is None
    assert found.scripts == ()


@pytest.mark.parametrize(
    ("tool", "build", "packaged"),
    [
        ({"uv": {"package": False}}, HATCHLING, False),
        ({"uv": {"package": True}}, HATCHLING, True),
        ({"uv": {}}, HATCHLING, True),
        ({"uv": {"package": True}}, None, True),
        (None, None, False),
    ],
)
def test_uv_decides_what_is_a_package(tool: Any, build: Any, packaged: bool) -> None:
    assert (project(tool=tool, build=build).build_system is not None) is packaged


def test_a_build_system_without_a_backend_is_setuptools() -> None:
    assert project(build={"requires": ["wheel"]}).build_system == BuildSystem(
        requires=("wheel", "setuptools"), backend="setuptools.build_meta:__legacy__"
    )
    assert project(build={"requires": ["setuptools>=61"]}).build_system == BuildSystem(
        requires=("setuptools>=61",), backend="setuptools.build_meta:__legacy__"
    )


@pytest.mark.parametrize(
    ("table", "python_version", "asked"),
    [
        ({}, None, PythonRequest()),
        ({"requires-python": ">=3.11"}, None, PythonRequest(specifier=">=3.11", origin="project.requires-python")),
        ({"requires-python": ">=3.11"}, "3.12\n", PythonRequest(version="3.12", origin=".python-version")),
        ({}, "# ours\n\n3.13.2\n", PythonRequest(version="3.13", full="3.13.2", origin=".python-version")),
        ({}, "cpython-3.11", PythonRequest(version="3.11", origin=".python-version")),
        ({}, "3.13t", PythonRequest(version="3.13t", origin=".python-version")),
        ({}, "3.13.5t", PythonRequest(version="3.13t", full="3.13.5", origin=".python-version")),
        ({}, "3.13+freethreaded", PythonRequest(version="3.13t", origin=".python-version")),
        ({}, "cpython-3.13t", PythonRequest(version="3.13t", origin=".python-version")),
        ({}, "cpython@3.13.5+freethreaded", PythonRequest(version="3.13t", full="3.13.5", origin=".python-version")),
        (
            {"requires-python": ">=3.11"},
            ">=3.11, <3.13\n",
            PythonRequest(specifier=">=3.11, <3.13", origin=".python-version"),
        ),
        (
            {},
            "cpython-3.11.9-linux-x86_64-gnu\n",
            PythonRequest(version="3.11", full="3.11.9", origin=".python-version"),
        ),
        ({}, "3\n", PythonRequest()),
        ({}, "pypy3.10\n", PythonRequest()),
        ({}, "", PythonRequest()),
    ],
)
def test_who_says_which_python(table: dict[str, str], python_version: str | None, asked: PythonRequest) -> None:
    assert project(python_version, **table).python == asked


def test_the_configuration_has_the_last_word_on_python() -> None:
    found = project("3.11", tool={"neve": {"python": "3.13"}}, **{"requires-python": ">=3.11"})
    assert found.python == PythonRequest(version="3.13", origin="tool.neve.python")


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ({}, "pyproject.toml"),
        ({"project": []}, "pyproject.toml, project"),
        ({"project": {}}, "pyproject.toml, project.name"),
        ({"project": {"name": 3}}, "pyproject.toml, project.name"),
        ({"project": {"name": "a/b"}}, "pyproject.toml, project.name"),
        ({"project": {"name": '"; builtins.exec'}}, "pyproject.toml, project.name"),
        ({"project": {"name": "app\n"}}, "pyproject.toml, project.name"),
        ({"project": {"name": "app", "requires-python": "three"}}, "pyproject.toml, project.requires-python"),
        ({"project": {"name": "app", "requires-python": 3.11}}, "pyproject.toml, project.requires-python"),
        ({"project": {"name": "app", "requires-python": [">=3.11"]}}, "pyproject.toml, project.requires-python"),
        ({"project": {"name": "app"}, "tool": {"neve": 1}}, "pyproject.toml, tool.neve"),
        ({"project": {"name": "app"}, "build-system": 1}, "pyproject.toml, build-system"),
        ({"project": {"name": "app"}, "build-system": {"requires": "x"}}, "pyproject.toml, build-system.requires"),
        ({"project": {"name": "app"}, "build-system": {"requires": [1]}}, "pyproject.toml, build-system.requires"),
        (
            {"project": {"name": "app"}, "build-system": {"requires": [], "build-backend": "a; import os"}},
            "pyproject.toml, build-system.build-backend",
        ),
        (
            {"project": {"name": "app"}, "build-system": {"requires": [], "backend-path": ["../x"]}},
            "pyproject.toml, build-system.backend-path",
        ),
        (
            {"project": {"name": "app"}, "build-system": {"requires": [], "backend-path": ["/x"]}},
            "pyproject.toml, build-system.backend-path",
        ),
    ],
)
def test_what_is_refused_and_where(data: dict[str, Any], where: str) -> None:
    with pytest.raises(NeveError) as caught:
        project_from_pyproject(data, where="pyproject.toml")
    assert caught.value.where == where


def test_all_that_is_wrong_is_shown_together() -> None:
    data = {
        "project": {"name": "?", "requires-python": "x"},
        "tool": {"neve": {"sytem": []}},
        "build-system": {"requires": 1},
    }
    with pytest.raises(ManyErrors) as caught:
        project_from_pyproject(data, where="pyproject.toml")
    assert len(caught.value.errors) == 4


@pytest.mark.parametrize("tool", [[], {"uv": []}, {"other": 1}])
def test_foreign_tables_of_odd_types_do_no_harm(tool: Any) -> None:
    assert project(tool=tool, build=HATCHLING).build_system is not None
