"""Which kind of project a directory is."""

from __future__ import annotations

from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.project.detect import detect
from neve.project.pyproject import parse_toml
from neve.project.read import read_project

PROJECT = '[project]\nname = "app"\n'
# A file, or a table of pyproject.toml, of each kind, in the order of docs/reference/projects.md.
PRIORITY = [
    ("uv", "uv.lock", ""),
    ("pylock", "pylock.toml", ""),
    ("poetry", "poetry.lock", ""),
    ("pdm", "pdm.lock", ""),
    ("pipenv", "Pipfile.lock", ""),
    ("rye", "requirements.lock", ""),
    ("uv", "", "[tool.uv]\n"),
    ("poetry", "", "[tool.poetry]\n"),
    ("pdm", "", "[tool.pdm]\n"),
    ("rye", "", "[tool.rye]\n"),
    ("hatch", "", "[tool.hatch.envs.default]\n"),
    ("pipenv", "Pipfile", ""),
    ("pyproject", "", PROJECT),
    ("requirements", "requirements.txt", ""),
    ("setuptools", "setup.cfg", ""),
    ("setuptools", "setup.py", ""),
    ("sources", "neve.toml", ""),
    ("sources", "main.py", ""),
]


def put(directory: Path, *kinds: tuple[str, str, str]) -> dict[str, object]:
    """Write what shows ``kinds``; pyproject.toml, parsed."""
    text = "".join(table for _, _, table in kinds)
    for _, file, _ in kinds:
        if file:
            (directory / file).write_text("")
    if any(file == "Pipfile.lock" for _, file, _ in kinds):
        (directory / "Pipfile").write_text("")
    (directory / "pyproject.toml").write_text(text)
    return parse_toml(text, where="pyproject.toml")


@pytest.mark.parametrize("first", range(len(PRIORITY)))
def test_the_first_that_is_there_wins(tmp_path: Path, first: int) -> None:
    data = put(tmp_path, *PRIORITY[first:])
    kind, file, _ = PRIORITY[first]
    found = detect(tmp_path, data, None)
    assert found.winner.kind == kind
    assert found.winner.file == (file or "pyproject.toml")
    assert found.winner.reason.startswith(found.winner.file)
    others = [name for name, _, _ in PRIORITY[first + 1 :] if name not in (kind, "sources")]
    assert {name for name, _ in found.passed_over} <= set(others)


@pytest.mark.parametrize("wanted", sorted({kind for kind, _, _ in PRIORITY}))
def test_the_configuration_chooses_another(tmp_path: Path, wanted: str) -> None:
    found = detect(tmp_path, put(tmp_path, *PRIORITY), wanted)
    assert found.winner.kind == wanted
    assert found.winner.reason == f'project = "{wanted}" asks for it'


def test_one_that_is_not_there_is_asked_for(tmp_path: Path) -> None:
    data = put(tmp_path, ("", "requirements.txt", PROJECT))
    with pytest.raises(NeveError, match="no poetry project") as caught:
        detect(tmp_path, data, "poetry")
    assert "pyproject (pyproject.toml)" in (caught.value.why or "")
    assert "requirements (requirements.txt)" in (caught.value.why or "")


def test_a_script_is_no_kind_of_a_directory(tmp_path: Path) -> None:
    (tmp_path / "a.py").touch()
    with pytest.raises(NeveError, match="command line"):
        detect(tmp_path, None, "script")


@pytest.mark.parametrize("lock", ["uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "requirements.lock"])
def test_a_lock_without_what_it_locks_counts_for_nothing(tmp_path: Path, lock: str) -> None:
    (tmp_path / lock).touch()
    with pytest.raises(NeveError, match="no project here") as caught:
        detect(tmp_path, None, None)
    assert lock in (caught.value.why or "")
    (tmp_path / "requirements.txt").touch()
    assert detect(tmp_path, None, None).winner.kind == "requirements"


def test_a_lock_of_uv_beside_a_project_that_uv_does_not_lock_counts_for_nothing(tmp_path: Path) -> None:
    data = put(tmp_path, ("", "uv.lock", ""), ("", "", '[tool.poetry]\nname = "app"\n'))
    assert detect(tmp_path, data, None).winner.kind == "poetry"


def test_what_is_passed_over_is_told(tmp_path: Path) -> None:
    data = put(tmp_path, ("", "uv.lock", PROJECT), ("", "poetry.lock", "[tool.poetry]\n"), ("", "requirements.txt", ""))
    assert detect(tmp_path, data, None).passed_over == (("poetry", "poetry.lock"), ("requirements", "requirements.txt"))


@pytest.mark.parametrize("shown", [("", "hatch.toml", PROJECT), ("", "", PROJECT + "[tool.hatch.envs.x]\n")])
def test_hatch_with_a_lock_of_uv(tmp_path: Path, shown: tuple[str, str, str]) -> None:
    found = detect(tmp_path, put(tmp_path, shown, ("", "uv.lock", "")), None)
    assert (found.winner.kind, found.passed_over) == ("hatch", ())
    assert found.winner.reason.endswith("; uv.lock is its lock")
    assert detect(tmp_path, put(tmp_path, shown, ("", "uv.lock", "[tool.uv]\n")), None).winner.kind == "uv"


def test_a_lock_that_decides_is_not_passed_over(tmp_path: Path) -> None:
    data = put(tmp_path, ("", "uv.lock", PROJECT), ("", "pylock.toml", ""))
    assert detect(tmp_path, data, "pyproject").passed_over == (("pylock", "pylock.toml"),)


@pytest.mark.parametrize("own", [True, False])
def test_a_member_of_a_workspace(tmp_path: Path, own: bool) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.uv.workspace]\nmembers = ["packages/*"]\n')
    member = tmp_path / "packages" / "a"
    member.mkdir(parents=True)
    data = put(member, ("", "uv.lock" if own else "", PROJECT))
    found = detect(member, data, None)
    assert (found.winner.kind, found.winner.file, found.passed_over) == ("uv", "../../pyproject.toml", ())
    (tmp_path / "uv.lock").touch()
    found = detect(member, data, None)
    assert (found.winner.kind, found.winner.file) == ("uv", "../../uv.lock")
    assert "workspace" in found.winner.reason
    assert read_project(member).files == ("../../uv.lock", "../../pyproject.toml", "pyproject.toml")


def test_the_parts_of_a_kind_are_not_passed_over(tmp_path: Path) -> None:
    data = put(tmp_path, ("", "poetry.lock", PROJECT + "[tool.poetry]\n"), ("", "setup.py", ""))
    assert detect(tmp_path, data, None).passed_over == ()


@pytest.mark.parametrize("table", ["uv", "pdm", "rye", "hatch.envs.default"])
def test_settings_of_a_tool_are_no_project(tmp_path: Path, table: str) -> None:
    data = put(tmp_path, ("", "", f"[tool.{table}]\n"))
    with pytest.raises(NeveError, match="no project here") as caught:
        detect(tmp_path, data, None)
    assert "[project]" in (caught.value.why or "")
    (tmp_path / "requirements.txt").touch()
    assert detect(tmp_path, data, None).winner.kind == "requirements"


@pytest.mark.parametrize("tool", [[], "x", {"hatch": []}, {"uv": 1}])
def test_odd_tables(tmp_path: Path, tool: object) -> None:
    (tmp_path / "requirements.txt").touch()
    assert detect(tmp_path, {"tool": tool}, None).winner.kind == "requirements"
