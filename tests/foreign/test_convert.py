"""From a lock to a pylock, with an index on loopback: as a whole, as the rest of neve calls it."""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.pylock import Pylock

from neve.errors import NeveError
from neve.fetch import Fetcher
from neve.foreign import convert, indexes, requirements
from neve.foreign.asked import Names
from neve.progress import Silent
from neve.python.target import Target
from neve.python.uv import Uv
from tests.fetch.server import Server, serving
from tests.foreign.projects import DATA, served, target

BOTH = {"x86_64": [target()], "aarch64": [target(architecture="aarch64")]}
SHA = "ef" * 32


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for key in [key for key in os.environ if key.startswith(("UV_", "PIP")) or "proxy" in key.lower()]:
        monkeypatch.delenv(key)
    with serving() as running:
        monkeypatch.setenv("UV_DEFAULT_INDEX", f"{running.url}/simple")
        monkeypatch.setenv("UV_NO_CONFIG", "1")
        yield running


def converted(
    kind: str,
    directory: Path,
    *,
    extras: Names = (),
    groups: Names = (),
    targets: dict[str, list[Target]] = BOTH,
    offline: bool = False,
) -> dict[str, Any]:
    """The packages of the pylock by name, those of one name as a list; it is a valid one."""
    text = convert(
        kind,
        directory,
        targets=targets,
        extras=extras,
        groups=groups,
        fetcher=Fetcher(directory / "cache", Silent(), offline=offline),
        uv=Uv(directory, offline=True),
        environ=os.environ,
    )
    data = tomllib.loads(text)
    Pylock.from_dict(data)
    return {package["name"]: package for package in data["packages"]} | {"": data}


@pytest.mark.parametrize(
    ("kind", "name"),
    [("poetry", "poetry-2.1"), ("poetry", "poetry-2.0"), ("pdm", "pdm-inherited"), ("pipenv", "pipenv")],
)
def test_files_come_from_the_index_with_the_hashes_of_the_lock(
    kind: str, name: str, server: Server, tmp_path: Path
) -> None:
    served(server, tmp_path, kind, DATA / name)
    other = f'<a href="idna-3.20-cp313-cp313-linux_x86_64.whl#sha256={SHA}">x</a>'.encode()
    server.files["/simple/idna/"] += other  # an index may have more than was locked
    targets = {"x86_64": [target("3.11.2")]} if kind == "pipenv" else BOTH
    packages = converted(kind, tmp_path, targets=targets)
    assert packages["requests"]["index"] == f"{server.url}/simple"
    assert all("marker" not in package for key, package in packages.items() if key)
    known = (DATA / name / ("Pipfile.lock" if kind == "pipenv" else f"{kind}.lock")).read_text()
    for file in [*packages["idna"]["wheels"], packages["idna"].get("sdist")]:
        if file:
            assert file["url"].startswith(f"{server.url}/files/idna-3.20")
            assert file["hashes"]["sha256"] in known


def test_urls_of_the_lock_need_no_index(tmp_path: Path, server: Server) -> None:
    served(server, tmp_path, "pdm", DATA / "pdm-walked")
    packages = converted("pdm", tmp_path, groups="all", extras="all", offline=True)
    assert packages["requests"]["wheels"][0]["url"] == "https://files.example/requests-2.34.2-py3-none-any.whl"
    assert "index" not in packages["requests"]
    assert server.seen == []


def test_what_differs_by_target_has_a_marker(tmp_path: Path, server: Server) -> None:
    served(server, tmp_path, "poetry", DATA / "poetry-2.1")
    targets = {"x86_64": [target("3.11.2"), target("3.11.9")], "aarch64": [target("3.11.2", "aarch64")]}
    packages = converted("poetry", tmp_path, extras=["cache"], targets=targets)
    assert packages["async-timeout"]["marker"] == (
        "(platform_machine == 'x86_64' and python_full_version == '3.11.2') or platform_machine == 'aarch64'"
    )
    assert "marker" not in packages["redis"]


def test_a_file_that_the_index_lacks_is_missed_where_no_other_fits(tmp_path: Path, server: Server) -> None:
    served(server, tmp_path, "pdm", DATA / "pdm-inherited", lacking="numpy-2.2.6-cp313")
    assert converted("pdm", tmp_path)["numpy"]["sdist"]  # it can still be built
    page = server.files["/simple/numpy/"].decode().splitlines()
    server.files["/simple/numpy/"] = "\n".join(line for line in page if "tar.gz" not in line).encode()
    with pytest.raises(NeveError, match=r"lacks the locked files of numpy 2.2.6 for x86_64") as caught:
        converted("pdm", tmp_path)
    assert "manylinux" in str(caught.value.why)


@pytest.mark.parametrize(("kind", "name"), [("poetry", "poetry-2.1"), ("pdm", "pdm-inherited")])
def test_a_file_of_the_lock_that_the_index_has_with_another_hash(
    kind: str, name: str, tmp_path: Path, server: Server
) -> None:
    served(server, tmp_path, kind, DATA / name)
    page = server.files["/simple/idna/"].decode()
    locked = re.search(r"idna-3\.20-py3-none-any\.whl#sha256=(\w+)", page)
    assert locked
    server.files["/simple/idna/"] = page.replace(locked[1], SHA).encode()
    with pytest.raises(NeveError, match=r"has another idna-3\.20-py3-none-any\.whl than was locked") as caught:
        converted(kind, tmp_path)
    assert locked[1] in str(caught.value.why)
    assert SHA in str(caught.value.why)
    server.files["/simple/idna/"] = page.replace(locked[1], SHA).encode() + page.encode()  # it has the locked one too
    assert converted(kind, tmp_path)["idna"]["wheels"][0]["hashes"]["sha256"] == locked[1]


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (f'<a href="idna-3.20.tar.gz#sha256={SHA}">x</a>', "other hashes than the lock"),
        ("<p>nothing</p>", "no file of this version"),
        ('<a href="idna-3.20-1-py3-none-any.whl">x</a>', "no SHA-256"),
        (None, "no file of this version"),
    ],
)
def test_an_index_without_the_locked_files_is_refused(
    page: str | None, why: str, tmp_path: Path, server: Server
) -> None:
    served(server, tmp_path, "pdm", DATA / "pdm-inherited")
    server.files.pop("/simple/idna/")
    if page is not None:
        server.files["/simple/idna/"] = page.encode()
    with pytest.raises(NeveError, match=r"none of the locked files of idna 3\.20") as caught:
        converted("pdm", tmp_path)
    assert why in str(caught.value)
    assert "/simple" in str(caught.value.where)


def test_an_index_without_hashes_is_taken_by_the_names_of_the_lock(tmp_path: Path, server: Server) -> None:
    served(server, tmp_path, "pdm", DATA / "pdm-inherited")
    server.files["/simple/idna/"] = b'<a href="idna-3.20.tar.gz">x</a><a href="idna-3.20-py3-none-any.whl">x</a>'
    assert len(converted("pdm", tmp_path)["idna"]["wheels"][0]["hashes"]["sha256"]) == 64


def test_indexes_are_asked_one_after_the_other_with_their_credentials(tmp_path: Path, server: Server) -> None:
    served(server, tmp_path, "pdm", DATA / "pdm-inherited")
    private = server.url.replace("//", "//${USER_OF}:secret@")
    text = (tmp_path / "pyproject.toml").read_text()
    (tmp_path / "pyproject.toml").write_text(
        f"{text}\n[[tool.pdm.source]]\nname = 'own'\nurl = '{private}/own'\ninclude_packages = ['idna', 'numpy*']\n"
    )
    server.files["/own/numpy/"] = server.files.pop("/simple/numpy/")
    os.environ["USER_OF"] = "me"
    try:
        packages = converted("pdm", tmp_path)
        assert indexes("pdm", tmp_path, os.environ) == [("own", server.url.replace("//", "//me:secret@") + "/own")]
    finally:
        del os.environ["USER_OF"]
    assert packages["numpy"]["index"] == f"{server.url}/own"
    assert packages["idna"]["index"] == f"{server.url}/simple"
    assert "secret" not in str(packages)
    asked = {seen.path: seen.headers.get("authorization") for seen in server.seen}
    assert asked["/own/numpy/"] == asked["/own/idna/"] == "Basic bWU6c2VjcmV0"
    assert asked["/simple/idna/"] is None
    assert "/own/requests/" not in asked


def test_a_public_index_is_asked_at_the_mirror_of_this_machine(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    served(server, tmp_path, "pipenv", DATA / "pipenv")
    targets = {"x86_64": [target("3.11.2")]}
    monkeypatch.setattr(
        Uv, "indexes", lambda _, public=False: [f"{server.url}/simple" if public else f"{server.url}/near"]
    )
    server.files |= {path.replace("/simple/", "/near/"): page for path, page in server.files.items()}
    assert converted("pipenv", tmp_path, targets=targets)["idna"]["index"] == f"{server.url}/near"
    monkeypatch.setenv("PIPENV_PYPI_MIRROR", f"{server.url}/mirror")
    server.files |= {path.replace("/simple/", "/mirror/"): page for path, page in server.files.items()}
    assert converted("pipenv", tmp_path, targets=targets)["idna"]["index"] == f"{server.url}/mirror"


def lock(directory: Path, package: str) -> None:
    (directory / "pyproject.toml").write_text("[tool.poetry]\n[tool.poetry.dependencies]\na = '*'\n")
    (directory / "poetry.lock").write_text(
        f"[metadata]\nlock-version = '2.0'\n[[package]]\nname = 'a'\nversion = '1.0'\n{package}"
    )


def test_an_archive_is_pinned_by_the_lock_or_else_by_what_it_is(tmp_path: Path, server: Server) -> None:
    server.files["/a-1.0-py3-none-any.whl"] = b"a wheel"
    source = f"[package.source]\ntype = 'url'\nurl = '{server.url}/a-1.0-py3-none-any.whl'\n"
    lock(tmp_path, f"files = [{{file = 'a-1.0-py3-none-any.whl', hash = 'sha256:{SHA}'}}]\n{source}")
    assert converted("poetry", tmp_path)["a"]["archive"]["hashes"]["sha256"] == SHA
    assert server.seen == []
    lock(tmp_path, source)
    archive = converted("poetry", tmp_path)["a"]["archive"]
    assert archive["hashes"]["sha256"] == hashlib.sha256(b"a wheel").hexdigest()
    assert archive["size"] == 7


def test_paths_stay_inside_the_project(tmp_path: Path, server: Server) -> None:  # noqa: ARG001 - its environment
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "a-1.0.zip").write_bytes(b"a zip")
    lock(inner, "[package.source]\ntype = 'file'\nurl = 'a-1.0.zip'\n")
    found = converted("poetry", inner)["a"]["archive"]
    assert (found["path"], found["hashes"]["sha256"]) == ("a-1.0.zip", hashlib.sha256(b"a zip").hexdigest())
    lock(
        inner, f"files = [{{file='a-1.0.zip', hash='sha256:{SHA}'}}]\n[package.source]\ntype='file'\nurl='a-1.0.zip'\n"
    )
    with pytest.raises(NeveError, match="is not the locked file"):
        converted("poetry", inner)
    (tmp_path / "lib").mkdir()
    (inner / "link").symlink_to(tmp_path / "lib")
    for url, what in (("link", "leads out of the project"), ("none", "there is no 'none'")):
        lock(inner, f"[package.source]\ntype = 'directory'\nurl = '{url}'\n")
        with pytest.raises(NeveError, match=what):
            converted("poetry", inner)


def test_the_project_itself_is_not_among_its_packages(tmp_path: Path, server: Server) -> None:  # noqa: ARG001
    (tmp_path / "Pipfile").write_text("[packages]\napp = {path = '.', editable = true}\n")
    (tmp_path / "Pipfile.lock").write_text(
        '{"_meta": {"pipfile-spec": 6}, "default": {"app": {"path": ".", "editable": true}}}'
    )
    assert [*converted("pipenv", tmp_path)] == [""]


def test_a_package_without_hashes_is_refused(tmp_path: Path, server: Server) -> None:
    server.files["/simple/a/"] = b'<a href="a-1.0.zip">x</a>'
    lock(tmp_path, "")
    with pytest.raises(NeveError, match=r"poetry.lock has no hash of a 1.0"):
        converted("poetry", tmp_path)


def test_a_lock_for_other_machines(tmp_path: Path, server: Server) -> None:
    served(server, tmp_path, "pdm", DATA / "pdm-inherited")
    path = tmp_path / "pdm.lock"
    text = path.read_text()
    path.write_text(
        text.replace(
            'requires_python = ">=3.11"\n', 'requires_python = ">=3.11"\nplatform = "manylinux_2_28_x86_64"\n', 1
        )
    )
    found = converted("pdm", tmp_path)
    assert found[""]["environments"] == ["platform_machine == 'x86_64'"]
    assert "marker" not in found["idna"]
    path.write_text(text.replace('requires_python = ">=3.11"\n', 'requires_python = "<3.13"\n', 1))
    with pytest.raises(NeveError, match=r"was not made for Python 3.13.5 on linux x86_64"):
        converted("pdm", tmp_path)
    path.write_text(text.replace(', "lint"', ""))
    with pytest.raises(NeveError, match="does not hold lint") as caught:
        converted("pdm", tmp_path, groups=["lint"])
    assert "pdm lock -G :all" in caught.value.fixes[0]


def test_wishes_without_a_lock_are_requirements(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "pyproject.toml").write_text(
        """
[tool.poetry]
name = "app"
[tool.poetry.dependencies]
python = "^3.11"
plain = "*"
Caret_ed = { version = "^1.2", extras = ["b", "a"], python = "<3.13", platform = "linux" }
repo = { git = "git@git.example:a/b.git", tag = "v1", subdirectory = "x" }
there = { url = "https://f.example/there-1.zip", markers = "os_name == 'nt'" }
lib = { path = "./lib", develop = true }
maybe = { version = "1.*", optional = true }
never = { version = "2", optional = true }
[tool.poetry.extras]
more = ["Maybe"]
[tool.poetry.group.test.dependencies]
tested = ">=2 <3"
[tool.poetry.group.all]
include-groups = ["test"]
[tool.poetry.group.all.dependencies]
every = "~2.0"
"""
    )
    plain = [
        "plain",
        "caret-ed[a,b]<2,>=1.2 ; (python_version < '3.13') and (sys_platform == 'linux')",
        "repo @ git+ssh://git@git.example/a/b.git@v1#subdirectory=x",
        "there @ https://f.example/there-1.zip ; (os_name == 'nt')",
        f"lib @ {(tmp_path / 'lib').resolve().as_uri()}",
    ]
    assert requirements("poetry", tmp_path, (), ()) == plain
    assert requirements("poetry", tmp_path, ["more"], ["test"]) == [*plain, "maybe==1.*", "tested<3,>=2"]
    assert requirements("poetry", tmp_path, None, ["all"]) == [*plain, "every<2.1,>=2.0", "tested<3,>=2"]


def test_wishes_of_a_pipfile(tmp_path: Path) -> None:
    (tmp_path / "Pipfile").write_text(
        "[packages]\na = '*'\nb = {version = '>=2,<3', extras = ['x'], markers = \"python_version > '3'\"}\n"
        "c = {git = 'https://git.example/c.git', ref = 'main'}\nme = {path = '.', editable = true}\n"
        "[dev-packages]\nd = '==1.0'\n[docs]\ne = '~=2.1'\n"
    )
    plain = ["a", "b[x]<3,>=2 ; (python_version > '3')", "c @ git+https://git.example/c.git@main"]
    assert requirements("pipenv", tmp_path, (), ()) == plain
    assert requirements("pipenv", tmp_path, (), ["dev", "docs"]) == [*plain, "d==1.0", "e~=2.1"]


def test_wishes_of_pdm(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "pyproject.toml").write_text(
        "[project]\nname = 'app'\ndependencies = ['a>=1', 'g @ git+https://git.example/g.git@main#subdirectory=s']\n"
        "[project.optional-dependencies]\nx = ['b']\ny = ['app[x]', 'c']\n"
        "[dependency-groups]\none = ['d', {include-group = 'two'}]\ntwo = ['e']\n"
        "[tool.pdm.dev-dependencies]\nthree = ['-e file:///${PROJECT_ROOT}/lib#egg=lib', '-e file:///${PROJECT_ROOT}/']\n"
    )
    plain = ["a>=1", "g @ git+https://git.example/g.git@main#subdirectory=s"]
    assert requirements("pdm", tmp_path, (), ()) == plain
    assert requirements("pdm", tmp_path, ["y"], ["one"]) == [*plain, "b", "c", "d", "e"]
    assert requirements("pdm", tmp_path, (), ["three"]) == [*plain, f"lib @ {(tmp_path / 'lib').resolve().as_uri()}"]


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("a = '<1 || >2'", "tool.poetry.dependencies.a", "PEP 508 has no words for"),
        ("a = '>>1'", "tool.poetry.dependencies.a.version", "not a version constraint"),
        ("a = {version = '1', platform = 'li nux'}", "tool.poetry.dependencies.a.platform", "names no platforms"),
        ("a = {path = '../b'}", "tool.poetry.dependencies.a.path", "not a path inside the project"),
        ("a = {git = 'ext::sh -c id'}", "tool.poetry.dependencies.a.git", "not the URL of a repository"),
        ("a = {git = 'https://g.example/a', rev = '--x'}", "tool.poetry.dependencies.a.rev", "name of a branch or tag"),
        ("\"a'b\" = '1'", "tool.poetry.dependencies.a'b", "not the name of a package"),
        ("a = {version = '1', markers = \"x y\"}", "tool.poetry.dependencies.a.markers", "not an environment marker"),
        ("a = [1]", "tool.poetry.dependencies.a[0]", "no dependency"),
    ],
)
def test_wishes_that_are_none(text: str, place: str, what: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.poetry.dependencies]\n{text}\n")
    with pytest.raises(NeveError, match=what) as caught:
        requirements("poetry", tmp_path, (), ())
    assert caught.value.where == f"pyproject.toml, {place}"
