"""The comparison over a directory of projects."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.__main__ import main
from tests.conformance.compare import differing
from tests.conformance.index import Indexes, Release
from tests.conformance.scenario import plain, pyproject
from tests.conformance.world import indexes


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Indexes]:
    with indexes(tmp_path / "home") as found:
        found.add((*plain("oak"), Release(name="elm", sdist=True)))
        yield found


@pytest.mark.usefixtures("served")
def test_a_directory_of_projects(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in {
        "one": pyproject("oak", "elm"),
        "two": pyproject("elm", more='[tool.uv]\nno-binary-package = ["elm"]\n'),
        "three": pyproject("nothing-has-it"),
    }.items():
        (tmp_path / "all" / name).mkdir(parents=True)
        (tmp_path / "all" / name / "pyproject.toml").write_text(text)
    words = [str(tmp_path / "all"), "--target", "trixie", "--target", "forky"]
    before = sorted(tmp_path.glob("all/**"))
    assert main([*words, "-v"]) == 0
    told = capsys.readouterr().out
    assert [line.split()[:5] for line in told.splitlines() if line.startswith(("one ", "two "))] == [
        ["one", "pyproject", "2", "2", "equal"],
        ["two", "uv", "2", "1", "equal"],
    ]
    assert "three" in told
    assert "nothing-has-it" in told
    assert sorted(tmp_path.glob("all/**")) == before
    monkeypatch.setenv("UV_NO_BINARY_PACKAGE", "elm")  # which neve heeds, and a table of projects does not
    assert main(words) == 1
    assert "elm==1.0: neve takes elm-1.0.tar.gz, the ranking elm-1.0-py3-none-any.whl" in capsys.readouterr().out


def test_differences() -> None:
    ours = {"a==1": "a-1-py3-none-any.whl", "b==1": "b-1.tar.gz", "/lib": "", "https://files.example/c.whl": "c.whl"}
    assert differing(ours, dict(ours)) == []
    assert differing(ours, {**ours, "b==1": None}) == ["b==1: neve takes b-1.tar.gz, the ranking nothing"]
    assert differing(ours, {**ours, "d==2": ""}) == ["neve lacks d==2"]
    assert differing({**ours, "d==2": ""}, ours) == ["uv has no d==2"]
    assert differing(ours, {**ours, "https://files.example/c.whl": None}) == []
