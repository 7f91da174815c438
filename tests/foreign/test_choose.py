"""What is installed from a lock, beside what the tools said of the same lock (`poetry export`, `pdm sync --dry-run`,
`pipenv requirements`).
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.foreign.read import foreign_lock, read_lock_data
from tests.foreign.projects import DATA, as_poetry_11, installed, read, walked

POETRY = (
    "attrs=23.2.0 certifi=2026.10.18 charset-normalizer=3.5.2 idna=3.20 markdown-it-py=4.3.0 mdurl=0.1.2 numpy={numpy} "
    "pygments=2.21.0 pysocks=1.7.1 requests=2.34.2 rich=15.0.0 urllib3=2.8.0"
)
PDM = [
    "certifi=2026.10.18",
    "charset-normalizer=3.5.2",
    "idna=3.20",
    "numpy=2.2.6",
    "pysocks=1.7.1",
    "requests=2.34.2",
    "urllib3=2.8.0",
]
PIPENV = [*PDM[:3], "numpy=1.26.4", *PDM[4:]]
PYTEST = ["iniconfig=2.3.1", "packaging=26.3", "pluggy=1.7.0", "pygments=2.21.0"]


def plus(base: str | list[str], *more: str) -> str:
    words = base.split() if isinstance(base, str) else base
    every = {*words, *(word for each in more for word in each.split())}
    return " ".join(sorted(every, key=lambda word: word.partition("=")[0]))


@pytest.mark.parametrize("format_", ["poetry-2.1", "poetry-2.0", "1.1"])
@pytest.mark.parametrize(
    ("extras", "groups", "python", "expected"),
    [
        ((), (), "3.11.2", POETRY.format(numpy="1.26.4")),
        ((), (), "3.13.5", POETRY.format(numpy="2.2.6")),
        (("db",), (), "3.13.5", plus(POETRY.format(numpy="2.2.6"), "psycopg=3.3.9 psycopg-binary=3.3.9")),
        (
            ("cache", "db"),
            ("dev", "docs"),
            "3.11.2",
            plus(
                POETRY.format(numpy="1.26.4"),
                "psycopg=3.3.9 psycopg-binary=3.3.9 typing-extensions=4.16.0 async-timeout=5.0.1 pyjwt=2.15.1",
                "redis=5.3.1 markdown=3.11.3 pytest=8.4.2 iniconfig=2.3.1 packaging=26.3 pluggy=1.7.0",
            ),
        ),
        (
            "all",
            "all",
            "3.12.9",
            plus(
                POETRY.format(numpy="2.2.6"),
                "psycopg=3.3.9 psycopg-binary=3.3.9 typing-extensions=4.16.0 pyjwt=2.15.1 redis=5.3.1",
                "markdown=3.11.3 pytest=8.4.2 iniconfig=2.3.1 packaging=26.3 pluggy=1.7.0",
            ),
        ),
    ],
)
def test_poetry_installs_the_same(format_: str, extras: str, groups: str, python: str, expected: str) -> None:
    directory = DATA / ("poetry-2.0" if format_ == "1.1" else format_)
    data = read_lock_data("poetry", directory)
    lock = foreign_lock("poetry", as_poetry_11(data) if format_ == "1.1" else data)
    assert lock.inherited == (format_ == "poetry-2.1")
    assert installed("poetry", directory, extras=extras, groups=groups, python=python, lock=lock) == expected


@pytest.mark.parametrize("name", ["pdm-inherited", "pdm-walked"])
@pytest.mark.parametrize(
    ("extras", "groups", "more"),
    [
        ((), (), []),
        (("db",), (), ["psycopg=3.3.9", "psycopg-binary=3.3.9"]),
        ((), ("lint",), ["ruff=0.17.5"]),
        (("db",), ("test",), ["psycopg=3.3.9", "psycopg-binary=3.3.9", "pytest=9.2.0", *PYTEST]),
    ],
)
def test_pdm_installs_the_same(name: str, extras: list[str], groups: list[str], more: list[str]) -> None:
    assert installed("pdm", DATA / name, extras=extras, groups=groups) == plus(PDM, *more)


@pytest.mark.parametrize(
    ("groups", "more"), [((), []), (("dev",), ["pytest=9.2.0", *PYTEST]), (("docs",), ["markdown=3.11.3"])]
)
def test_pipenv_installs_the_same(groups: list[str], more: list[str]) -> None:
    assert installed("pipenv", DATA / "pipenv", groups=groups, python="3.11.2") == plus(PIPENV, *more)


@pytest.mark.parametrize(("kind", "name"), [("poetry", "poetry-2.1"), ("pdm", "pdm-inherited")])
@pytest.mark.parametrize("python", ["3.11.2", "3.14.0"])
def test_following_the_dependencies_ends_where_the_lock_says(kind: str, name: str, python: str) -> None:
    lock = foreign_lock(kind, read_lock_data(kind, DATA / name))
    said = installed(kind, DATA / name, extras="all", groups="all", python=python)
    assert installed(kind, DATA / name, extras="all", groups="all", python=python, lock=walked(lock)) == said


def poetry(directory: Path, project: str, packages: str, *, version: str = "2.0") -> str:
    (directory / "pyproject.toml").write_text(f"[tool.poetry]\nname = 'app'\n{project}")
    lock = read("poetry", f"{packages}\n[metadata]\nlock-version = '{version}'\n")
    return installed("poetry", directory, extras="all", groups="all", lock=lock)


def package(name: str, version: str, more: str = "") -> str:
    return f"[[package]]\nname = '{name}'\nversion = '{version}'\nfiles = []\n{more}\n"


def test_of_several_versions_what_all_say_decides(tmp_path: Path) -> None:
    packages = (
        package("a", "1", "[package.dependencies]\nb = '>=1'")
        + package("b", "2", "[package.dependencies]\nc = '*'")
        + package("b", "1")
        + package("c", "1")
        + package("d", "1", "[package.dependencies]\nb = '<2'")
    )
    assert poetry(tmp_path, "[tool.poetry.dependencies]\na='*'\nd='*'", packages) == "a=1 b=1 d=1"
    assert poetry(tmp_path, "[tool.poetry.dependencies]\na='*'", packages) == "a=1 b=2 c=1"


def test_a_version_for_another_python_is_no_candidate(tmp_path: Path) -> None:
    packages = package("a", "2", "python-versions = '>=3.14'") + package("a", "1", "python-versions = '~2.7 || ^3.6'")
    assert poetry(tmp_path, "[tool.poetry.dependencies]\na='*'", packages) == "a=1"


def test_dependencies_may_be_cyclic_and_extras_bring_extras(tmp_path: Path) -> None:
    packages = (
        package("a", "1", "[package.dependencies]\nb = {version = '*', extras = ['x']}")
        + package(
            "b",
            "1",
            "[package.dependencies]\na = '*'\nc = {version = '*', optional = true, markers = \"extra == 'y'\"}\n"
            "[package.extras]\nx = ['b[y]']\ny = ['c (>=1)']",
        )
        + package("c", "1")
    )
    assert poetry(tmp_path, "[tool.poetry.dependencies]\na='*'", packages) == "a=1 b=1 c=1"


def test_markers_differ_by_group(tmp_path: Path) -> None:
    packages = package(
        "a",
        "1",
        "groups = ['main', 'dev']\nmarkers = { main = \"python_version < '3'\", dev = \"os_name == 'posix'\" }",
    ) + package("b", "1", "groups = ['main']")
    project = "[tool.poetry.dependencies]\nb='*'\n[tool.poetry.group.dev.dependencies]\na='*'"
    assert poetry(tmp_path, project, packages, version="2.1") == "a=1 b=1"
    lock = read("poetry", packages + "[metadata]\nlock-version = '2.1'")
    assert installed("poetry", tmp_path, lock=lock) == "b=1"


@pytest.mark.parametrize("version", ["2.0", "2.1"])
@pytest.mark.parametrize(
    ("project", "packages", "what"),
    [
        ("a='*'\nb='*'", package("a", "1", "groups = ['main']"), "poetry.lock does not fit: it does not hold b"),
        ("a='^2'", package("a", "1", "groups = ['main']"), "a 1"),
    ],
)
def test_a_lock_that_lacks_a_wish_is_refused(
    tmp_path: Path, project: str, packages: str, what: str, version: str
) -> None:
    with pytest.raises(NeveError, match=what) as caught:
        poetry(tmp_path, f"[tool.poetry.dependencies]\n{project}", packages, version=version)
    assert all("`poetry lock`" in fix for error in caught.value.errors for fix in error.fixes)


def test_a_lock_that_contradicts_itself_is_refused(tmp_path: Path) -> None:
    wishes = "[tool.poetry.dependencies]\na='*'\nb='*'"
    packages = package("a", "1", "[package.dependencies]\nb = '>=2'") + package("b", "1")
    with pytest.raises(NeveError, match="b 1 is not what is asked for"):
        poetry(tmp_path, wishes, packages)
    packages = package("a", "1", "groups = ['main']") + package("a", "2", "groups = ['main']")
    with pytest.raises(NeveError, match="it installs two a"):
        poetry(tmp_path, "[tool.poetry.dependencies]\na='*'", packages, version="2.1")


def test_a_choice_that_forbids_itself_is_not_made(tmp_path: Path) -> None:
    # b 2 is chosen while nobody forbids it, and then brings who forbids it.
    packages = (
        package("a", "1", "[package.dependencies]\nb = '*'")
        + package("b", "2", "[package.dependencies]\nc = '*'")
        + package("b", "1")
        + package("c", "1", "[package.dependencies]\nb = '<2'")
    )
    assert poetry(tmp_path, "[tool.poetry.dependencies]\na='*'", packages) == "a=1 b=1"


def pdm(directory: Path, pyproject: str, lock: str) -> str:
    (directory / "pyproject.toml").write_text(pyproject)
    return installed("pdm", directory, lock=read("pdm", lock))


def test_pdm_overrides_and_excludes(tmp_path: Path) -> None:
    project = "[project]\nname='app'\ndependencies=['a','b>=2']\n[tool.pdm.resolution]\nexcludes=['c']\n"
    lock = (
        "[metadata]\nlock_version='4.5.0'\nstrategy=[]\n[[package]]\nname='a'\nversion='1'\ndependencies=['c','b>=2']\n"
        "[[package]]\nname='b'\nversion='1'\n"
    )
    overrides = "[tool.pdm.resolution.overrides]\nb='1'\n"
    assert pdm(tmp_path, project + overrides, lock) == "a=1 b=1"
    with pytest.raises(NeveError, match="b 1"):
        pdm(tmp_path, project, lock)


def test_what_pipenv_left_open_is_refused_where_it_is_needed(tmp_path: Path) -> None:
    (tmp_path / "Pipfile").write_text("[packages]\na = '*'\n")
    lock = '{"_meta": {"pipfile-spec": 6}, "default": {"a": {"version": "*", "markers": "sys_platform == \'linux\'"}}}'
    with pytest.raises(NeveError, match="the version of a is not locked"):
        installed("pipenv", tmp_path, lock=read("pipenv", lock))
    other = lock.replace("linux", "win32")
    (tmp_path / "Pipfile").write_text("[packages]\na = {version = '*', sys_platform = \"== 'win32'\"}\n")
    assert installed("pipenv", tmp_path, lock=read("pipenv", other)) == ""


@pytest.mark.parametrize("key", ["sys_platform = \"== 'win32'\"", "markers = \"sys_platform == 'win32'\""])
def test_a_marker_that_pipenv_left_out_of_its_lock_is_that_of_the_pipfile(tmp_path: Path, key: str) -> None:
    lock = '{"_meta": {"pipfile-spec": 6}, "default": {"a": {"version": "*"}}, "develop": {"a": {"version": "*"}}}'
    (tmp_path / "Pipfile").write_text(f"[packages]\na = {{version = '*', {key}}}\n[dev-packages]\n")
    assert installed("pipenv", tmp_path, lock=read("pipenv", lock)) == ""
    (tmp_path / "Pipfile").write_text(f"[packages]\na = {{version = '*', {key.replace('win32', 'linux')}}}\n")
    with pytest.raises(NeveError, match="the version of a is not locked") as caught:
        installed("pipenv", tmp_path, lock=read("pipenv", lock))
    assert """`markers = "sys_platform == 'linux'"`""" in caught.value.fixes[0]
    (tmp_path / "Pipfile").write_text("[packages]\nb = '*'\n")  # not asked for by the project itself
    with pytest.raises(NeveError, match="the version of a is not locked"):
        installed("pipenv", tmp_path, lock=read("pipenv", lock))


def test_extras_and_groups_that_are_not_there_are_named(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname='app'\noptional-dependencies={ one=[] }\n")
    lock = read("pdm", "[metadata]\nlock_version='4.5.0'\n")
    with pytest.raises(NeveError, match="no extra 'two'") as caught:
        installed("pdm", tmp_path, extras=["two", "One"], lock=lock)
    assert "it has one" in str(caught.value)
    with pytest.raises(NeveError, match="no group 'dev'"):
        installed("pdm", tmp_path, groups=["dev"], lock=lock)


def test_extras_of_the_project_ask_for_each_other(tmp_path: Path) -> None:
    pyproject = tomllib.loads((DATA / "pdm-walked" / "pyproject.toml").read_text())
    assert pyproject["project"]["optional-dependencies"] == {"db": ["psycopg[binary]>=3.1"]}
    text = (DATA / "pdm-walked" / "pyproject.toml").read_text()
    (tmp_path / "pyproject.toml").write_text(text.replace("db = [", "all = ['pd-one[db]']\ndb = ["))
    lock = foreign_lock("pdm", read_lock_data("pdm", DATA / "pdm-walked"))
    assert installed("pdm", tmp_path, extras=["all"], lock=lock) == plus(PDM, "psycopg=3.3.9", "psycopg-binary=3.3.9")
