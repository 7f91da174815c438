"""Hostile metadata of every kind, through the command line: refused or honoured, with no traceback, nothing run,
nothing written beside the project, no endless line and no control character on the terminal.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from neve.__main__ import main
from neve.components.plan import make_plan
from neve.errors import NeveError
from neve.project.read import read_project
from tests.world import World, a_world

Files = dict[str, str]
SHA = "ab" * 32
DEEP = "(" * 10_000 + "os_name == 'posix'" + ")" * 10_000
LONG = " or ".join(["os_name == 'x'"] * 6000)  # 100 kB
DIGITS = "9" * 5000  # more than Python makes a number of
TEXTS = {
    "nix": "''${builtins.abort ''x''}\"; x = \"${y}",
    "shell": "$(touch ran)`touch ran`; touch ran #",
    "newline": "a\ntouch ran\n-r /etc/passwd",
    "parent": "../../victim",
    "absolute": "/etc/passwd",
    "option": "--index-url=https://evil.example",
    "nul": "a\0b",
    "escape": "a\x1b]0;x\x07\x7f\u2028\u202e",
    "digits": DIGITS,
    "deep": f"a; {DEEP}",
    "long": f"a; {LONG}",
    "url": "https://[::1",
}


def quoted(value: object) -> str:
    """``value`` as TOML has it in one line."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{quoted(key)} = {quoted(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return f"[{', '.join(map(quoted, value))}]"
    return json.dumps(value).replace("\x7f", "\\u007f")


def _project(extra: str = "", **table: object) -> Files:
    lines = [f"{key} = {quoted(value)}" for key, value in {"name": "app", "version": "1", **table}.items()]
    return {"pyproject.toml": "\n".join(["[project]", *lines, extra, ""])}


def _pylock(*lines: str, head: str = "") -> Files:
    text = ['lock-version = "1.0"', 'created-by = "x"', head, "[[packages]]", 'name = "a"', *lines, ""]
    return {"pylock.toml": "\n".join(text)}


def _poetry(*lines: str, head: str = "") -> Files:
    lock = ['[[package]]\nname = "a"\nversion = "1"\ngroups = ["main"]\nfiles = []', *lines, head]
    return {
        "pyproject.toml": '[tool.poetry]\nname = "app"\nversion = "1"\n[tool.poetry.dependencies]\npython = "^3.11"\n'
        'a = "1"\n',
        "poetry.lock": "\n".join([*lock, '[metadata]\nlock-version = "2.1"\n']),
    }


def _pdm(*lines: str) -> Files:
    lock = ['[metadata]\nlock_version = "4.5.0"\n[[package]]\nname = "a"\nversion = "1"', *lines, ""]
    return {**_project("[tool.pdm]", dependencies=["a"]), "pdm.lock": "\n".join(lock)}


def _pipenv(entry: object, name: str = "a") -> Files:
    lock = {"_meta": {"pipfile-spec": 6, "hash": {}, "sources": []}, "default": {name: entry}, "develop": {}}
    return {"Pipfile": '[packages]\na = "*"\n', "Pipfile.lock": json.dumps(lock)}


def _wheel(**changes: str) -> str:
    file = "a-1-py3-none-any.whl"
    values = {"name": file, "url": f"https://files.example/{file}", "sha256": SHA, **changes}
    return (
        f'version = "1"\nwheels = [{{ name = {quoted(values["name"])}, url = {quoted(values["url"])}, '
        f"size = 1, hashes = {{ sha256 = {quoted(values['sha256'])} }} }}]"
    )


def _script(key: str, value: object) -> Files:
    return {"tool.py": f"# /// script\n# {key} = {quoted(value)}\n# ///\n"}


# Where a text of an attacker can stand, by the kind that reads it.
PLACES: dict[str, Callable[[str], Files]] = {
    "name": lambda text: _project(name=text),
    "description": lambda text: _project(description=text),
    "requires-python": lambda text: _project(**{"requires-python": f">={text}"}),
    "dependencies": lambda text: _project(dependencies=[text]),
    "sources": lambda text: _project(f"[tool.uv.sources]\na = {{ path = {quoted(text)} }}", dependencies=["a"]),
    "group": lambda text: _project(f"[dependency-groups]\n{quoted(text)} = [{quoted(text)}]"),
    "configuration": lambda text: _project(f"[tool.neve.image]\nentrypoint = [{quoted(text)}]\nname = {quoted(text)}"),
    "backend": lambda text: _project(f"[build-system]\nrequires = [{quoted(text)}]\nbuild-backend = {quoted(text)}"),
    "neve.toml": lambda text: {"neve.toml": f"system = [{quoted(text)}]\n", "a.py": ""},
    ".python-version": lambda text: {"a.py": "", ".python-version": text},
    "neve.lock": lambda text: {
        **_project(),
        "neve.lock": f'version = 1\ninputs = {quoted(text)}\n[base]\nname = "debian"',
    },
    "uv.lock": lambda text: {**_project(), "uv.lock": f"version = 1\n[[package]]\nname = {quoted(text)}\n"},
    "pylock name": lambda text: _pylock(f"version = {quoted(text)}"),
    "pylock marker": lambda text: _pylock(_wheel(), f"marker = {quoted(text.removeprefix('a; '))}"),
    "pylock file": lambda text: _pylock(_wheel(name=text)),
    "pylock url": lambda text: _pylock(_wheel(url=f"https://files.example/{text}")),
    "pylock hash": lambda text: _pylock(_wheel(sha256=text)),
    "pylock directory": lambda text: _pylock(f"directory = {{ path = {quoted(text)} }}"),
    "pylock git": lambda text: _pylock(
        f'vcs = {{ type = "git", url = {quoted(text)}, commit-id = {quoted(text)}, subdirectory = {quoted(text)} }}'
    ),
    "poetry marker": lambda text: _poetry(f"markers = {quoted(text.removeprefix('a; '))}"),
    "poetry source": lambda text: _poetry(
        f'[package.source]\ntype = "git"\nurl = {quoted(text)}\nresolved_reference = {quoted(text)}'
    ),
    "pdm file": lambda text: _pdm(f'files = [{{ file = {quoted(text)}, hash = "sha256:{SHA}" }}]'),
    "pdm dependency": lambda text: _pdm(f"dependencies = [{quoted(text)}]"),
    "pipenv name": lambda text: _pipenv({"version": "==1"}, text),
    "pipenv path": lambda text: _pipenv({"path": text, "markers": text.removeprefix("a; ")}),
    "requirements": lambda text: {"requirements.txt": f"{text}\n"},
    "included": lambda text: {"requirements.txt": f"-r {text}\n"},
    "rye": lambda text: {**_project("[tool.rye]"), "requirements.lock": f"a=={text}\n{text}\n"},
    "setup.cfg": lambda text: {"setup.cfg": f"[metadata]\nname = {text}\nversion = file: {text}\n"},
    "setup.py": lambda text: {
        "setup.py": f"from setuptools import setup\nsetup(name={text!r}, python_requires={text!r})"
    },
    "script": lambda text: _script("dependencies", [text]),
    "script python": lambda text: _script("requires-python", f">={text}"),
}


@pytest.fixture(scope="module", autouse=True)
def _world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patch, a_world(tmp_path_factory.mktemp("world"), patch) as world:
        yield world


def hold(place: Path, files: Files, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Lock the project of ``files`` below ``place``, in a directory of its own: the exit code, what was said."""
    project = place / "outer" / "project"
    project.mkdir(parents=True)
    (place / "victim").mkdir()
    (place / "victim/setup.py").write_text("raise SystemExit('it was run')\n")
    for name, text in files.items():
        (project / name).write_text(text, encoding="utf-8")
    before = beside(place, project)
    capsys.readouterr()
    code = main(["-C", str(project), "lock", *(["tool.py"] if "tool.py" in files else [])])
    said = "".join(capsys.readouterr())
    assert beside(place, project) == before
    assert not list(place.rglob("ran"))
    assert code in (0, 1, 75), said
    assert "Traceback" not in said
    assert "defect" not in said
    assert max(map(len, said.splitlines()), default=0) < 2100
    assert all(character.isprintable() or character in "\n\t" for character in said), ascii(said)
    return code, said


def beside(place: Path, project: Path) -> list[Path]:
    return sorted(path for path in place.rglob("*") if project not in (path, *path.parents))


@pytest.mark.parametrize("where", PLACES)
def test_texts_that_would_be_more_than_data(where: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in TEXTS.items():  # all of them as they are read
        hold_reading(tmp_path / f"read-{name}", PLACES[where](text))
    turn = [*PLACES].index(where)
    for name in ([*TEXTS] * 2)[turn % len(TEXTS) :][:2]:  # and some of them, not the same everywhere, all the way
        hold(tmp_path / name, PLACES[where](TEXTS[name]), capsys)


def hold_reading(project: Path, files: Files) -> None:
    project.mkdir()
    for name, text in files.items():
        (project / name).write_text(text, encoding="utf-8")
    with suppress(NeveError):
        make_plan(read_project(project, "tool.py" if "tool.py" in files else None)).lock_inputs()


CIRCLES: dict[str, Files] = {
    "groups": _project('[dependency-groups]\na = [{ include-group = "b" }]\nb = [{ include-group = "a" }]'),
    "itself": _project('[dependency-groups]\na = [{ include-group = "a" }]\n[tool.neve]\ngroups = ["a"]'),
    "extras": _project('[project.optional-dependencies]\na = ["app[b]"]\nb = ["app[a]"]\n[tool.neve]\nextras = "all"'),
    "poetry groups": {
        "pyproject.toml": _poetry()["pyproject.toml"] + '[tool.poetry.group.x]\ninclude-groups = ["y"]\n'
        '[tool.poetry.group.y]\ninclude-groups = ["x"]\n[tool.neve]\ngroups = "all"\n'
    },
    "requirements": {"requirements.txt": "-r a.txt\n", "a.txt": "-c requirements.txt\n"},
    "workspace": _project('[tool.uv.workspace]\nmembers = [".", "./..", "../project"]'),
    "pylock": _pylock('version = "1"', 'dependencies = [{ name = "a" }]'),
    "two locks": _pylock('version = "1"', "[[packages]]", 'name = "a"', 'version = "2"'),
}


@pytest.mark.parametrize("name", CIRCLES)
def test_what_leads_to_itself(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hold(tmp_path, CIRCLES[name], capsys)


def test_what_is_refused_says_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The harness above is not blind: these are refused, and one is admitted."""
    for number, (files, where) in enumerate(
        [
            (_project("x = " + DIGITS), "pyproject.toml"),
            (_project("a." * 20_000 + "b = 1"), "pyproject.toml:4"),
            (_pylock(_wheel(), f"marker = {quoted(DEEP)}"), "pylock.toml"),
            (_pylock(_wheel(), f"marker = \"python_full_version >= '{DIGITS}'\""), "pylock.toml"),
            (_project(**{"requires-python": f">={DIGITS}"}), "pyproject.toml, project.requires-python"),
        ]
    ):
        code, said = hold(tmp_path / str(number), files, capsys)
        assert (code, f"where: {where}" in said) == (1, True), said
    code, said = hold(tmp_path / "admitted", {"neve.toml": "", "a.py": TEXTS["shell"]}, capsys)
    assert code == 0, said
