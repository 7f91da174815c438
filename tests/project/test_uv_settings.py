from __future__ import annotations

from pathlib import Path

import pytest

from neve.project.uv_settings import default_groups, settings_files, uv_settings
from neve.project.workspace import workspace_root

ROOT = '[tool.uv]\nx = "root"\n[tool.uv.workspace]\nmembers = ["packages/*", "own"]\nexclude = ["packages/old"]\n'


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path.parent


def said(directory: Path, **environ: str) -> list[str]:
    """The values of x, the strongest first."""
    return [str(table["x"]) for table in uv_settings(directory, environ) if "x" in table]


@pytest.mark.parametrize(
    ("inside", "is_member"),
    [("packages/a", True), ("own", True), ("packages/old", False), ("other", False), ("packages/a/deep", False)],
)
def test_the_root_of_a_workspace(tmp_path: Path, inside: str, is_member: bool) -> None:
    root = write(tmp_path / "pyproject.toml", ROOT)
    directory = write(tmp_path / inside / "pyproject.toml", "")
    assert workspace_root(directory) == (root if is_member else None)
    assert workspace_root(root) is None


def test_a_workspace_inside_another_is_its_own(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", ROOT)
    inner = write(tmp_path / "own" / "pyproject.toml", "[tool.uv.workspace]\nmembers = []\n")
    assert workspace_root(inner) is None


@pytest.mark.parametrize("members", ['["/etc/*"]', '["**x"]', '[""]', "[1]", '"packages/*"', '["../*"]'])
def test_members_that_name_nothing(tmp_path: Path, members: str) -> None:
    write(tmp_path / "pyproject.toml", f"[tool.uv.workspace]\nmembers = {members}\n")
    directory = write(tmp_path / "packages/a/pyproject.toml", "")
    assert workspace_root(directory) is None


def test_settings_are_those_of_the_workspace_then_the_user_s(tmp_path: Path) -> None:
    write(tmp_path / "work/pyproject.toml", ROOT)
    member = write(tmp_path / "work/own/pyproject.toml", '[tool.uv]\nx = "member"\n')
    write(tmp_path / "config/uv/uv.toml", 'x = "user"\n')
    assert said(member, XDG_CONFIG_HOME=str(tmp_path / "config")) == ["root", "user"]
    write(tmp_path / "work/uv.toml", 'x = "file"\n')
    assert said(member, HOME=str(tmp_path)) == ["file"]
    assert said(member, HOME=str(tmp_path), UV_NO_CONFIG="true") == []
    write(tmp_path / "other.toml", 'x = "named"\n')
    assert said(member, UV_CONFIG_FILE=str(tmp_path / "other.toml")) == ["named"]


def test_uv_looks_upwards_for_settings(tmp_path: Path) -> None:
    write(tmp_path / "uv.toml", 'x = "above"\n')
    directory = write(tmp_path / "a/b/pyproject.toml", "[project]\n")
    assert said(directory) == ["above"]
    write(directory / "pyproject.toml", '[tool.uv]\nx = "own"\n')
    assert said(directory) == ["own"]


def test_the_files_that_settings_are_looked_for_in(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", ROOT)
    member = write(tmp_path / "own/pyproject.toml", "")
    environ = {"XDG_CONFIG_HOME": str(tmp_path / "config")}
    root = (tmp_path / "uv.toml", tmp_path / "pyproject.toml")
    shared = (tmp_path / "config/uv/uv.toml", Path("/etc/uv/uv.toml"))
    assert settings_files(member, environ) == (*root, *shared)
    silent = write(tmp_path / "alone/pyproject.toml", "")
    assert settings_files(silent, environ) == (silent / "uv.toml", silent / "pyproject.toml", *root, *shared)
    assert settings_files(member, {"UV_CONFIG_FILE": "x.toml"}) == (member / "x.toml",)


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("", ()),
        ("[tool]\nuv = 1", ()),
        ("[tool.uv]\ndefault-groups = []", ()),
        ('[tool.uv]\ndefault-groups = ["dev", "lint"]', ("dev", "lint")),
        ('[tool.uv]\ndefault-groups = "all"', "all"),
        ('[tool.uv]\ndefault-groups = "some"', ()),
        ("tool = [", ()),
    ],
)
def test_default_groups(tmp_path: Path, text: str, groups: object) -> None:
    assert default_groups(write(tmp_path / "pyproject.toml", text)) == groups
