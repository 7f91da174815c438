"""Scripts with inline metadata (PEP 723)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neve.errors import NeveError
from neve.project.read import read_project
from neve.project.script import script_metadata
from tests.project.reading import problem, project

BLOCK = '#!/usr/bin/env python\n# /// script\n# requires-python = ">=3.12"\n# dependencies = ["rich"]\n#\n'


def test_a_script(tmp_path: Path) -> None:
    text = BLOCK + '# [tool.neve]\n# system = ["curl"]\n# ///\nprint()\n'
    found = project(tmp_path, {"My tool.py": text, "pyproject.toml": "broken ["}, "My tool.py")
    assert (found.kind, found.name, found.files) == ("script", "my-tool", ("My tool.py",))
    assert (found.requires_python, found.config.system, found.has_python) == (">=3.12", ("curl",), True)


def test_the_lock_of_a_script_is_one_of_its_files(tmp_path: Path) -> None:
    files = {"a.py": BLOCK + "# ///\n", "a.py.lock": ""}
    assert project(tmp_path, files, "a.py").files == ("a.py", "a.py.lock")


def test_a_script_with_other_line_ends(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes((BLOCK + "# ///\n").replace("\n", "\r\n").encode())
    assert read_project(tmp_path, "a.py").requires_python == ">=3.12"


def test_a_script_without_a_block(tmp_path: Path) -> None:
    found = project(tmp_path, {"a.py": "# ///\nprint()\n"}, "a.py")
    assert found.has_python
    assert "no packages" in found.reason


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (BLOCK, "a.py:2"),
        (BLOCK + "# ///\n" + BLOCK + "# ///\n", "a.py:8"),
        (BLOCK + "# x = = 1\n# ///\n", "a.py:6"),
        ("# /// script\n# dependencies = 1\n# ///\n", "a.py, dependencies"),
        ("# /// script\n# requires-python = 1\n# ///\n", "a.py, requires-python"),
        ("# /// script\n# [tool.neve]\n# sytem = []\n# ///\n", "a.py, tool.neve.sytem"),
        ('# /// script\n# [tool.neve]\n# extras = ["x"]\n# ///\n', "a.py, tool.neve.extras"),
        ('# /// script\n# dependencies = ["a @ https://u:p@h.example/a.whl"]\n# ///\n', "a.py, dependencies[0]"),
    ],
)
def test_scripts_that_are_wrong(tmp_path: Path, text: str, where: str) -> None:
    assert problem(tmp_path, {"a.py": text}, "a.py").where == where


# The expression that PEP 723 gives.
REFERENCE = re.compile(r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$")

LINES = st.sampled_from(["# /// script", "# /// other", "# ///", "#", "# x = 1", "#x", "", "print()", "#\t", "# "])


@given(st.lists(LINES, max_size=12))
def test_blocks_are_those_of_the_reference(lines: list[str]) -> None:
    text = "\n".join(lines)
    found = [match for match in REFERENCE.finditer(text) if match["type"] == "script"]
    try:
        data = script_metadata(text, where="a.py")
    except NeveError as error:
        assert len(found) != 1 or error.what == "the script's metadata is not valid TOML"  # noqa: PT017
    else:
        assert len(found) == (data is not None)
        assert not data or data == {"x": 1}
