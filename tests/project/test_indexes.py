"""The servers that a project's files name, and the credentials that are taken to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from neve.fetch.credentials import index_credentials, origin
from neve.project.indexes import indexes_of_kind
from neve.project.read import read_project

URL = "https://own.example/simple"


@pytest.mark.parametrize(
    ("files", "script"),
    [
        (
            {
                "requirements.txt": "-r more.txt\n",
                "more.txt": "--extra-index-url https://${USER}:${TOKEN}@own.example/simple\n",
            },
            None,
        ),
        (
            {"requirements.txt": "a @ https://${USER}:${TOKEN}@own.example/a-1-py3-none-any.whl ; os_name == 'x'\n"},
            None,
        ),
        ({"requirements.txt": "git+https://${USER}:${TOKEN}@own.example/a.git\n"}, None),
        ({"a.py": f'# /// script\n# [[tool.uv.index]]\n# name = "own"\n# url = "{URL}"\n# ///\n'}, "a.py"),
        ({"Pipfile": '[[source]]\nname = "own"\nurl = "https://${USER}:${TOKEN}@own.example/simple"\n'}, None),
    ],
)
def test_credentials_of_the_environment(tmp_path: Path, files: dict[str, str], script: str | None) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    environ = {"USER": "u", "TOKEN": "t", "UV_INDEX_OWN_USERNAME": "u", "UV_INDEX_OWN_PASSWORD": "t"}
    found = indexes_of_kind(read_project(tmp_path, script), tmp_path, environ)
    place = origin(URL)
    assert place is not None
    assert list(index_credentials(found, environ)) == [place]


def test_a_variable_that_is_not_set_is_no_secret(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("-i https://${NONE}@own.example/simple\n")
    assert index_credentials(indexes_of_kind(read_project(tmp_path), tmp_path, {}), {}) == {}
