"""The readers that take anybody's data: every wound of good data is read or refused, and no key, number, marker or page
without end takes the time or the stack.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neve import toml
from neve.components.plan import make_plan
from neve.errors import NeveError
from neve.fetch import Page
from neve.foreign.simple import index_files
from neve.lock.crates import crates_of
from neve.lock.text import lock_text, read_lock
from neve.project.project import BuildSystem
from neve.project.python_version import read_python_version
from neve.project.script import script_metadata
from neve.python.sdist import Directory
from neve.python.select import select_artefacts
from neve.python.source_tree import Tree
from neve.render.place import Place
from neve.render.quote import nix
from neve.render.render import render
from neve.requirements.honour import honoured
from neve.requirements.parse import read_requirements
from neve.stages.render import write_tree
from tests.cases import CASES
from tests.projects import a_project
from tests.python.test_select import TRIXIE, package, pylock
from tests.robustness.test_hostile import DEEP, DIGITS, LONG, SHA, TEXTS, quoted

MATURIN = BuildSystem(requires=("maturin",), backend="maturin")
VALUES: list[Any] = [
    *TEXTS.values(),
    *("", "==" + DIGITS, f"python_full_version == '{DIGITS}'", "extra == 'a'", "a-1-py3-none-any.whl", "a" * 64),
    *(0, -1, True, 1.5, [], {}, [[]], [{}], ["a"], {"a": 1}, {"": {}}),
]
PYLOCK = pylock(
    package("a", "py3-none-any", marker="python_version > '3'"),
    package("b", more=f'sdist = {{ url = "https://files.example/b-1.0.tar.gz", hashes = {{ sha256 = "{SHA}" }} }}'),
    '[[packages]]\nname = "c"\nvcs = { type = "git", url = "https://code.example/c", commit-id = "'
    + "a" * 40
    + '", subdirectory = "x" }\n',
    '[[packages]]\nname = "d"\ndirectory = { path = "d", editable = true }\n',
    f'[[packages]]\nname = "e"\narchive = {{ url = "https://x.example/e-1.zip", hashes = {{ sha256 = "{SHA}" }} }}\n',
)
CARGO = {
    "version": 3,
    "package": [
        {"name": "a", "version": "1.0.0", "checksum": SHA, "source": "sparse+https://index.crates.io/"},
        {"name": "b", "version": "1.0.0"},
    ],
    "metadata": {},
}
PAGE = {"meta": {"api-version": "1.0"}, "files": [{"filename": "a-1.tar.gz", "url": "a-1.tar.gz", "hashes": {}}]}


def places(node: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The place of everything in ``node``, as keys and numbers."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield (*above, key)
        yield from places(value, (*above, key))


def wounded(data: Any, place: tuple[Any, ...], value: Any) -> Any:
    """A copy of ``data`` with ``value`` at ``place``."""
    if not place:
        return value
    key, *rest = place
    inner = wounded(data[key], tuple(rest), value)
    return {**data, key: inner} if isinstance(data, dict) else [*data[:key], inner, *data[key + 1 :]]


def as_toml(data: dict[str, Any]) -> str:
    return "".join(f"{quoted(key)} = {quoted(value)}\n" for key, value in data.items())


def read_pylock(data: dict[str, Any]) -> object:
    return select_artefacts(as_toml(data), TRIXIE, where="pylock.toml", sdists=True)


def read_cargo(data: dict[str, Any]) -> object:
    texts: dict[str, str | None] = {"Cargo.lock": as_toml(data), "Cargo.toml": ""}
    return crates_of(Tree(tuple(texts), texts), MATURIN, label="x", environ={})


def read_page(data: dict[str, Any]) -> object:
    content = json.dumps(data).encode()
    return index_files(Page(content, "application/vnd.pypi.simple.v1+json", "https://i.example/"), where="x")


def read_neve_lock(data: dict[str, Any]) -> object:
    lock = read_lock(as_toml(data))
    assert read_lock(lock_text(lock)) == lock
    return lock


READERS: dict[str, tuple[dict[str, Any], Callable[[dict[str, Any]], object]]] = {
    "pylock": (tomllib.loads(PYLOCK), read_pylock),
    "Cargo.lock": (CARGO, read_cargo),
    "page": (PAGE, read_page),
    "neve.lock": (tomllib.loads(lock_text(CASES["beside"].lock())), read_neve_lock),
    "neve.lock with all": (tomllib.loads(lock_text(CASES["compiled"].lock())), read_neve_lock),
}


@pytest.mark.parametrize("name", READERS)
def test_good_data_is_read(name: str) -> None:
    data, read = READERS[name]
    assert read(data)


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=100, deadline=None)
@given(drawn=st.data())
def test_a_wound_is_read_or_refused(name: str, drawn: st.DataObject) -> None:
    data, read = READERS[name]
    place = drawn.draw(st.sampled_from([*places(data)]))
    with suppress(NeveError):
        read(wounded(data, place, drawn.draw(st.sampled_from(VALUES))))


@pytest.mark.parametrize(
    "text",
    [
        f"x = {DIGITS}",
        "a." * 50_000 + "b = 1",
        "[" + "a." * 50_000 + "b]",
        "x = { " + "'=' . " * 50_000 + "b = 1 }",
        "x = " + "[" * 50_000,
        "x = " + "{a=" * 50_000,
    ],
)
def test_toml_without_end(text: str) -> None:
    with pytest.raises(ValueError, match=r"digits|parts|deeply"):
        toml.loads(text)


@given(
    st.lists(st.sampled_from(["a", "'b.c'", '"."', ".", " = ", "1.5", "\n", "[", "]", "{", "}", "#", ","]), max_size=12)
)
def test_toml_is_pythons_own(parts: list[str]) -> None:
    text = "".join(parts)
    try:
        expected = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        with pytest.raises(tomllib.TOMLDecodeError):
            toml.loads(text)
    else:
        assert toml.loads(text) == expected


def test_text_with_many_dots_is_no_key() -> None:
    text = f'x = "{"a b. " * 500}" # {"." * 500}\ny = """\n{"." * 500}\n"""\n'
    assert toml.loads(text) == tomllib.loads(text)


@pytest.mark.parametrize("start", ["<a ", "<a href='x", "<!--", "<![CDATA[", "</", "<?", "<!"])
def test_a_page_that_closes_nothing(start: str) -> None:
    """Python's parser takes the square of the time to find that out."""
    good = f'<a href="a-1.zip#sha256={SHA}">a</a>'
    page = Page((good + start * 200_000).encode(), "text/html", "https://i.example/")
    assert [file.name for file in index_files(page, where="x")][:1] == ["a-1.zip"]


def test_a_file_name_without_end_is_none() -> None:
    page = Page(f'<a href="{"a-" * 300_000}1.zip">a</a>'.encode(), "text/html", "https://i.example/")
    assert index_files(page, where="x") == ()


@pytest.mark.parametrize("marker", [DEEP, LONG, f"python_full_version >= '{DIGITS}'"], ids=["deep", "long", "digits"])
def test_markers_without_end(marker: str) -> None:
    with suppress(NeveError):
        select_artefacts(pylock(package("a", "py3-none-any", marker=marker)), TRIXIE, where="x", sdists=True)
    asked = read_requirements(("r.txt",), lambda _: f"a==1; {marker}\nb=={DIGITS}\n")
    resolved = {"packages": [{"name": name, "version": "1", "marker": marker} for name in "ab"]}
    with pytest.raises(NeveError):  # b is another version
        honoured(resolved, asked, {"x86_64": [TRIXIE]})


@given(
    st.lists(st.sampled_from(["# /// script", "# ///", "#", "# x = 1", "# x", "", "x", f"# x = {DIGITS}"]), max_size=6)
)
def test_any_script_is_read_or_refused(lines: list[str]) -> None:
    with suppress(NeveError):
        script_metadata("\n".join(lines), where="x.py")


@given(st.text(max_size=40) | st.sampled_from([*TEXTS.values()]))
def test_any_python_version_is_a_version_or_a_note(text: str) -> None:
    found = read_python_version(text)
    version, note = found.version, found.note
    assert version is None or version.removeprefix("3.").removesuffix("t").isdecimal()
    assert len(note) < 1000


def test_what_is_admitted_is_data_to_nix(nix_instantiate: Callable[[Sequence[str]], str], tmp_path: Path) -> None:
    """Texts that a project may well have: rendered, they are what Nix reads back, and nothing else."""
    texts = [text for name, text in TEXTS.items() if name not in ("nul", "escape", "deep", "long", "digits")]
    project = a_project(
        name="app",
        description=texts[0],
        neve={"image": {"cmd": texts, "labels": {"l": texts[1]}, "env": {"E": texts[0]}}},
    )
    directory = "it's ${x} ''$(touch ran)"
    sources = [replace(a, path=directory) if isinstance(a, Directory) else a for a in CASES["beside"].wheels]
    lock = CASES["beside"].lock()
    lock = lock.model_copy(
        update={"directories": tuple(pin.model_copy(update={"path": directory}) for pin in lock.directories)}
    )
    tree = render(
        make_plan(project), lock, {"x86_64": sources}, Place(root="../../.", files=(), directories={directory: ()})
    )
    write_tree(tree, tmp_path)
    files = [str(tmp_path / path) for path in tree if path.endswith(".nix")]
    nix_instantiate(["--parse", *files])
    build = f"import {tmp_path}/nix/build.nix {{ lib.fetch = x: x; }}"
    built = strings(json.loads(nix_instantiate(["--eval", "--strict", "--json", "-E", build])))
    assert {directory, "it's/py"} <= built
    assert [text for text in texts if nix(text) not in tree["nix/default.nix"]] == []


def strings(value: Any) -> set[str]:
    if isinstance(value, str):
        return {value}
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {text for each in inner for text in strings(each)}


@pytest.mark.parametrize("link", ["nix", "nix/lib", "nix/lib/common"])
def test_a_link_that_comes_with_a_project_is_not_followed(link: str, tmp_path: Path) -> None:
    project, victim = tmp_path / "project", tmp_path / "victim"
    victim.mkdir()
    (victim / "precious").touch()
    (project / link).parent.mkdir(parents=True)
    (project / link).symlink_to(victim)
    tree = {"flake.nix": "# Rendered by neve", "nix/lib/common/x.nix": "1"}
    with pytest.raises(NeveError, match="is a link"):
        write_tree(tree, project)
    assert [path.name for path in victim.iterdir()] == ["precious"]
