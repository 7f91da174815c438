from __future__ import annotations

import tomllib

import pytest

from neve.errors import NeveError
from neve.foreign.metadata import Metadata, metadata_of


def of(kind: str, text: str) -> Metadata:
    return metadata_of(kind, tomllib.loads(text))


def test_poetrys_own_table() -> None:
    found = of(
        "poetry",
        "[tool.poetry]\nname='My.App'\nversion='1'\ndescription='d'\nlicense='MIT'\nhomepage='https://a.example'\n"
        "[tool.poetry.urls]\nIssues='https://b.example'\n[tool.poetry.scripts]\nserve='a:b'\n'bad one'='c:d'\n"
        "[tool.poetry.dependencies]\npython='^3.11'\n",
    )
    assert found == Metadata(
        name="my-app",
        version="1",
        description="d",
        requires_python="<4,>=3.11",
        requires_origin="tool.poetry.dependencies.python",
        scripts=("serve",),
        urls={"homepage": "https://a.example", "issues": "https://b.example"},
        license="MIT",
    )


def test_the_standard_table_goes_first() -> None:
    found = of(
        "poetry",
        "[project]\nname='a'\nrequires-python='>=3.12'\nscripts={x='a:b'}\n[tool.poetry]\nname='b'\nversion='2'\n"
        "[tool.poetry.dependencies]\npython='^3.11'\n",
    )
    assert (found.name, found.version, found.requires_python, found.scripts) == ("a", "2", ">=3.12", ("x",))
    assert found.requires_origin == "project.requires-python"


def test_a_project_that_is_no_package() -> None:
    found = of("poetry", "[tool.poetry]\npackage-mode=false\nscripts={x='a:b'}\n")
    assert (found.name, found.packaged, found.scripts, found.requires_python) == (None, False, (), None)
    assert of("pdm", "[project]\nname='a'\n[build-system]\n[tool.pdm]\ndistribution=false").packaged is False
    assert of("pdm", "[project]\nname='a'\n[build-system]").packaged is True


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[requires]\npython_version='3.12'", "==3.12.*"),
        ("[requires]\npython_version='3.12'\npython_full_version='3.12.4'", "==3.12.4"),
        ("[requires]\npython_version='*'", None),
        ("[packages]", None),
    ],
)
def test_the_python_of_a_pipfile(text: str, expected: str | None) -> None:
    found = of("pipenv", text)
    assert (found.name, found.packaged, found.requires_python) == (None, False, expected)
    assert of("pipenv", text + "\n[dev-packages]\na='*'\n").packaged is False


def test_a_pipfile_that_installs_its_project() -> None:
    assert of("pipenv", "[packages]\napp = {path = '.', editable = true}").packaged is True


@pytest.mark.parametrize(
    ("kind", "text", "what"),
    [
        ("poetry", '[tool.poetry]\nname = "a\'b"', "not a project name"),
        ("poetry", "[tool.poetry]\nname = 3", "not a string"),
        ("poetry", "tool = 3", "not a table"),
        ("poetry", "[tool.poetry.dependencies]\npython = 'y'", "no version of Python"),
        ("poetry", "[project]\nrequires-python = 'x'", "not a version specifier"),
        ("pipenv", "[requires]\npython_version = '3.x;'", "no version of Python"),
    ],
)
def test_mistakes(kind: str, text: str, what: str) -> None:
    with pytest.raises(NeveError, match=what):
        of(kind, text)
