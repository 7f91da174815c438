"""Remedies are those of the tool that locks the project."""

from __future__ import annotations

from pathlib import Path

import pytest

from neve.errors import ManyErrors, NeveError
from neve.session import Session
from neve.stages.remedy import OwnWords, in_own_words
from tests.recorder import Recorder

_FIXES = (
    "take another version: `uv add 'lime'` with another bound, then `uv lock`",
    "take the locked one back, or lock this one: `uv lock --upgrade-package lime`, then `neve lock`",
    "`uv lock --upgrade-package lime` takes the one that is there now",
    "`uv lock` writes uv.lock anew",
    "mend the path where the dependency is declared, then `uv lock`",
)
_PROJECT = '[project]\nname = "app"\nversion = "1"\n'
_POETRY = '[tool.poetry]\nname = "app"\nversion = "1"\n'


def _told(directory: Path, files: dict[str, str]) -> list[str]:
    for name, text in files.items():
        (directory / name).write_text(text)
    session = Session(directory, environ={})
    session.project  # noqa: B018

    @in_own_words
    def fails(session: Session) -> None:
        raise ManyErrors([NeveError(str(session.directory), fixes=[fix]) for fix in _FIXES])

    with pytest.raises(NeveError) as caught:
        fails(session)
    return [fix for one in caught.value.errors for fix in one.fixes]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"poetry.lock": "", "pyproject.toml": _POETRY}, ("`poetry lock`", "`poetry update lime`", "poetry.lock")),
        ({"pdm.lock": "", "pyproject.toml": _PROJECT}, ("`pdm lock`", "`pdm update lime`", "pdm.lock")),
        ({"Pipfile.lock": "{}", "Pipfile": ""}, ("`pipenv lock`", "`pipenv upgrade lime`", "Pipfile.lock")),
        ({"requirements.txt": ""}, ("`neve lock --upgrade`", "`neve lock`", "pylock.neve.toml")),
        ({"pylock.toml": 'lock-version = "1.0"\ncreated-by = "x"\npackages = []\n'}, ("the tool that wrote",)),
    ],
)
def test_the_remedy_is_that_of_the_kind(tmp_path: Path, files: dict[str, str], words: tuple[str, ...]) -> None:
    told = _told(tmp_path, files)
    assert not [fix for fix in told if "uv lock" in fix or "uv.lock" in fix or "uv add" in fix]
    assert all(any(word in fix for fix in told) for word in words)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"poetry.lock": "", "pyproject.toml": _POETRY}, "`poetry show lime`"),
        ({"pyproject.toml": _POETRY}, "`poetry lock`, then `poetry show lime`"),
        ({"pdm.lock": "", "pyproject.toml": _PROJECT}, "`pdm list --tree --reverse lime`"),
        ({"Pipfile.lock": "{}", "Pipfile": ""}, "`pipenv graph --reverse`"),
        ({"requirements.txt": "lime"}, "`uv pip compile requirements.txt`"),
        ({"setup.cfg": "[metadata]\nname = app\nversion = 1\n"}, "`uv pip compile setup.cfg`"),
        ({"pylock.toml": 'lock-version = "1.0"\ncreated-by = "x"\npackages = []\n'}, "the tool that wrote pylock.toml"),
        ({"pyproject.toml": _PROJECT}, "`uv tree --invert --package lime`"),
        ({"app.py": "# /// script\n# dependencies = []\n# ///\n"}, "`uv tree --script app.py --invert --package lime`"),
    ],
)
def test_who_asks_for_a_package_is_shown_by_what_is_there(tmp_path: Path, files: dict[str, str], expected: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    session = Session(tmp_path, environ={}, script="app.py" if "app.py" in files else None)
    session.project  # noqa: B018

    @in_own_words
    def fails(session: Session) -> None:
        raise NeveError(str(session.directory), fixes=["`uv tree --invert --package lime` shows who asks for it"])

    with pytest.raises(NeveError) as caught:
        fails(session)
    assert caught.value.fixes[0].startswith(expected)


def test_of_uv_it_is_uv(tmp_path: Path) -> None:
    assert _told(tmp_path, {"pyproject.toml": _PROJECT}) == [*_FIXES]


@pytest.mark.parametrize(
    ("files", "script", "told"),
    [
        ({"pyproject.toml": _PROJECT}, None, "pyproject.toml, tool.neve.cuda.version"),
        ({"neve.toml": "", "requirements.txt": ""}, None, "neve.toml, cuda.version"),
        ({"one.py": ""}, "one.py", "one.py, tool.neve.cuda.version"),
    ],
)
def test_a_setting_lies_in_its_file(tmp_path: Path, files: dict[str, str], script: str | None, told: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    places = ("tool.neve.cuda.version", "pyproject.toml, tool.neve.cuda.version", "neve.lock, cuda")

    @in_own_words
    def fails(session: Session) -> None:
        raise ManyErrors([NeveError(str(session.directory), where=place) for place in places])

    with pytest.raises(NeveError) as caught:
        fails(Session(tmp_path, environ={}, script=script))
    assert [one.where for one in caught.value.errors] == [told, told, "neve.lock, cuda"]


@pytest.mark.parametrize(("file", "script", "own"), [("neve.toml", None, 1), ("neve.toml", "a.py", 0), ("x", None, 0)])
def test_remedies_and_notes_name_the_tables_of_the_file(
    tmp_path: Path, file: str, script: str | None, own: int
) -> None:
    (tmp_path / file).touch()
    words = {
        'toolkit = ["nvcc"] under [tool.neve.cuda]': 'toolkit = ["nvcc"] under [cuda] of neve.toml',
        'base = "nixpkgs" under [tool.neve], which has it': 'base = "nixpkgs" at the top of neve.toml, which has it',
        "tool.neve.cuda.architectures has no effect": "cuda.architectures has no effect",
        "move what neve.toml says to [tool.neve]": "move what neve.toml says to [tool.neve]",
    }
    expected = tuple(words.values() if own else words)

    @in_own_words
    def fails(session: Session) -> None:
        raise NeveError(str(session.directory), why=[*words][2], fixes=[*words])

    with pytest.raises(NeveError) as caught:
        fails(Session(tmp_path, environ={}, script=script))
    assert (caught.value.fixes, caught.value.why) == (expected, expected[2])
    recorder = Recorder()
    progress = OwnWords(recorder, tmp_path, script)
    for text in words:
        progress.note(text)
    assert tuple(recorder.notes) == expected
