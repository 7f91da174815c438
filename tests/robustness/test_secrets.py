"""Index credentials reach the fetch and nothing else: not the locks, the rendered tree, the cache or an error."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.fetch import Artefact, Fetcher
from neve.fetch.credentials import Origin, index_credentials, origin
from neve.progress import Silent
from neve.project.indexes import project_indexes
from neve.project.read import read_project
from neve.python.artefact import files_of, wheels_only
from neve.render.render import render
from neve.stages.lock import lock_project
from tests.fetch.server import Step, serving
from tests.world import World

_PASSWORD = "s3cr3t-pw"
_HEADER = "Basic " + base64.b64encode(f"bob:{_PASSWORD}".encode()).decode()
PYPROJECT = '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["lemon"]\n'


@contextmanager
def _guarded(world: World) -> Iterator[str]:
    """The index of ``world`` on another port, for bob alone; host and port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = world.server.files.get(self.path)
            status = 401 if self.headers.get("Authorization") != _HEADER else 404 if content is None else 200
            body = content if status == 200 and content is not None else b""
            self.send_response(status)
            if status == 401:
                self.send_header("WWW-Authenticate", 'Basic realm="index"')
            self.send_header("Content-Type", "text/html" if self.path.endswith("/") else "application/octet-stream")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{http.server_address[1]}"
        finally:
            http.shutdown()
            thread.join()


@pytest.fixture
def guarded(world: World) -> Iterator[str]:
    world.serve_wheel("lemon", "1.0")
    with _guarded(world) as host:
        yield host


@pytest.fixture
def project(tmp_path: Path) -> Path:
    directory = tmp_path / "project"
    directory.mkdir()
    (directory / "pyproject.toml").write_text(PYPROJECT)
    return directory


_GIVEN = ("netrc", "credentials.toml")  # what the user has them in


def _holds_it(*places: Path) -> list[str]:
    secrets = (_PASSWORD.encode(), _HEADER.partition(" ")[2].encode())
    files = [file for place in places for file in place.rglob("*") if file.is_file() and file.name not in _GIVEN]
    return [str(file) for file in files if any(secret in file.read_bytes() for secret in secrets)]


_KEYRING = """#!/bin/sh
[ "$1 $2 $3" = "get http://%(host)s/simple bob" ] || [ "$1 $2 $3" = "get %(host)s bob" ] || exit 1
echo %(password)s
"""
_STORE = """[[credential]]
service = "http://%s/"
username = "bob"
scheme = "basic"
password = "%s"
"""


@pytest.mark.parametrize("way", ["url", "named", "netrc", "keyring", "store"])
def test_they_reach_the_fetch_and_nothing_else(
    way: str, guarded: str, world: World, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("UV_NO_CONFIG")
    if way == "url":
        monkeypatch.setenv("UV_INDEX", f"http://bob:{_PASSWORD}@{guarded}/simple")
    else:
        text = f'\n[[tool.uv.index]]\nname = "the-index"\nurl = "http://{guarded}/simple"\n'
        (project / "pyproject.toml").write_text(PYPROJECT + text)
    if way == "named":
        monkeypatch.setenv("UV_INDEX_THE_INDEX_USERNAME", "bob")
        monkeypatch.setenv("UV_INDEX_THE_INDEX_PASSWORD", _PASSWORD)
    if way == "netrc":
        (world.home / "netrc").write_text(f"machine 127.0.0.1 login bob password {_PASSWORD}\n")
        monkeypatch.setenv("NETRC", str(world.home / "netrc"))
    if way == "keyring":
        program = world.home / "bin/keyring"
        program.parent.mkdir()
        program.write_text(_KEYRING % {"host": guarded, "password": "'s3cr3t'-'pw'"})
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
        monkeypatch.setenv("UV_KEYRING_PROVIDER", "subprocess")
        monkeypatch.setenv("UV_INDEX", f"http://bob@{guarded}/simple")
    if way == "store":
        monkeypatch.setenv("UV_CREDENTIALS_DIR", str(world.home / "netrc-of-uv"))
        (world.home / "netrc-of-uv").mkdir()
        (world.home / "netrc-of-uv/credentials.toml").write_text(_STORE % (guarded, _PASSWORD))
    session = world.session(project)
    locked = lock_project(session)
    wheel = next(wheel for wheel in wheels_only(locked.artefacts) if wheel.name == "lemon")
    assert guarded in wheel.url
    artefact = Artefact(name=wheel.file, urls=(wheel.url,), sha256=wheel.sha256, size=wheel.size)
    session.fetcher.fetch([artefact])
    for path, text in render(locked.plan, locked.lock, locked.environments).items():
        assert _PASSWORD not in text, path
    assert _holds_it(project, world.home) == []


def test_wrong_ones_are_not_shown(guarded: str, world: World, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_INDEX", f"http://bob:wr0ng@{guarded}/simple")
    with pytest.raises(NeveError) as caught:
        lock_project(world.session(project))
    assert "wr0ng" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[[tool.uv.index]]\nurl = "https://a:b@index.example/simple"\n', "tool.uv.index[0].url"),
        ('[tool.uv]\nindex-url = "https://a:b@index.example/simple"\n', "tool.uv.index-url"),
        ('[tool.neve]\nmirror = "https://a:b@mirror.example/debian"\n', "tool.neve.mirror"),
        ('[dependency-groups]\nx = ["y @ https://a:b@files.example/y-1-py3-none-any.whl"]\n', "dependency-groups.x[0]"),
    ],
)
def test_a_password_in_pyproject_is_refused(project: Path, text: str, key: str) -> None:
    (project / "pyproject.toml").write_text(PYPROJECT + text)
    with pytest.raises(NeveError, match="a URL holds a password") as caught:
        read_project(project)
    assert caught.value.where == f"pyproject.toml, {key}"
    assert "a:b@" not in str(caught.value)


def test_credentials_go_to_their_own_origin(project: Path) -> None:
    environ = {
        "UV_INDEX": "https://a:1@one.example/x corp=https://two.example/simple https://nobody.example",
        "UV_INDEX_CORP_USERNAME": "c",
        "UV_INDEX_CORP_PASSWORD": "p%40",
        "NEVE_DEBIAN_MIRROR": "http://m:%40@mirror.example:8080/debian",
        "UV_EXTRA_INDEX_URL": "http://[broken https://b:2@one.example/later",
    }
    found = index_credentials(project_indexes(project, environ), environ)
    decoded = {place: base64.b64decode(header.split()[1]).decode() for place, header in found.items()}
    assert decoded == {
        Origin("https", "one.example", 443): "a:1",
        Origin("https", "two.example", 443): "c:p%40",
        Origin("http", "mirror.example", 8080): "m:@",
    }


def test_what_a_lock_holds_is_used_and_not_written_down(guarded: str, world: World, project: Path) -> None:
    digest = hashlib.sha256(world.server.files["/files/lemon-1.0-py3-none-any.whl"]).hexdigest()
    url = f"http://bob:{_PASSWORD}@{guarded}/files/lemon-1.0-py3-none-any.whl"
    (project / "pylock.toml").write_text(
        'lock-version = "1.0"\ncreated-by = "test"\n[[packages]]\nname = "lemon"\nversion = "1.0"\n'
        f'archive = {{ url = "{url}", hashes = {{ sha256 = "{digest}" }} }}\n'
    )
    session = world.session(project)
    locked = lock_project(session)  # asks for the size, which needs them
    (wheel,) = locked.artefacts
    session.fetcher.fetch(files_of([wheel]))
    for path, text in render(locked.plan, locked.lock, locked.environments).items():
        assert _PASSWORD not in text, path
    (project / "pylock.toml").rename(world.home / "netrc")
    assert _holds_it(project, world.home) == []


def test_a_redirect_to_another_server_does_not_carry_them(tmp_path: Path) -> None:
    with serving() as first, serving() as second:
        second.files["/x"] = b"x"
        first.script["/x"] = [Step(status=302, location=f"{second.url}/x")]
        first.files["/x"] = b""
        place = origin(first.url)
        assert place is not None
        fetcher = Fetcher(tmp_path, Silent(), credentials=lambda: {place: _HEADER})
        assert fetcher.get(f"{first.url}/x") == b"x"
    assert first.seen[0].headers["authorization"] == _HEADER
    assert "authorization" not in second.seen[0].headers


@pytest.mark.parametrize(
    ("user", "refused"),
    [("git", False), ("team-bot", False), ("ghp_0123456789", True), ("glpat-01234", True), ("a" * 40, True)],
)
def test_a_token_in_the_place_of_a_user(project: Path, user: str, refused: bool) -> None:
    text = f'[tool.uv.sources]\nlemon = {{ git = "https://{user}@code.example/lemon" }}\n'
    (project / "pyproject.toml").write_text(PYPROJECT + text)
    if not refused:
        read_project(project)
        return
    with pytest.raises(NeveError, match="a URL holds a password") as caught:
        read_project(project)
    assert user not in str(caught.value)


_URL = "https://bob:s3cr3t-pw@index.example/simple"


@pytest.mark.parametrize(
    ("name", "text", "where"),
    [
        ("uv.toml", f'[[index]]\nurl = "{_URL}"\n', "uv.toml:2"),
        ("Pipfile.lock", f'{{\n"_meta": {{"sources": [{{"url": "{_URL}"}}]}}}}', "Pipfile.lock:2"),
        ("poetry.lock", f'url = "{_URL}"\n', "poetry.lock:1"),
        ("pdm.lock", f'url = "{_URL}"\n', "pdm.lock:1"),
        ("requirements.txt", f"-i {_URL}\n", "requirements.txt:1"),
        ("Pipfile", f'[docs]\nx = {{git = "{_URL}"}}\n', "Pipfile:2"),
    ],
)
def test_a_password_in_another_file_of_the_project_is_refused(project: Path, name: str, text: str, where: str) -> None:
    (project / "pyproject.toml").write_text(PYPROJECT + '[tool.neve]\nproject = "pyproject"\n')
    (project / name).write_text(text)
    with pytest.raises(NeveError, match="a URL holds a password") as caught:
        read_project(project)
    assert caught.value.where == where
    assert _PASSWORD not in str(caught.value)
    subprocess.run(["git", "init", "-q", str(project)], check=True)
    (project / ".gitignore").write_text(f"{name}\n")
    read_project(project)  # what git ignores is no part of the image


def test_a_password_in_a_category_of_a_pipfile_is_refused(project: Path) -> None:
    (project / "pyproject.toml").unlink()
    (project / "Pipfile").write_text(f'[docs]\nx = {{git = "{_URL}"}}\n')
    with pytest.raises(NeveError, match="a URL holds a password") as caught:
        read_project(project)
    assert caught.value.where == "Pipfile, docs.x.git"


def test_a_variable_that_uv_would_write_down_is_refused(project: Path) -> None:
    url = "https://index.example/${TOKEN}/lemon-1.0-py3-none-any.whl"
    (project / "pyproject.toml").write_text(PYPROJECT.replace('"lemon"', f'"lemon @ {url}"'))
    with pytest.raises(NeveError, match="stands where it would be written down") as caught:
        read_project(project)
    assert caught.value.where == "pyproject.toml, project.dependencies[0]"


def test_the_indexes_of_a_workspace_are_those_of_its_members(tmp_path: Path) -> None:
    index = '[[tool.uv.index]]\nname = "priv"\nurl = "https://priv.example/simple"\nexplicit = true\n'
    member = tmp_path / "app"
    member.mkdir()
    (tmp_path / "pyproject.toml").write_text(f'[tool.uv.workspace]\nmembers = ["app"]\n{index}')
    (member / "pyproject.toml").write_text(index.replace("priv", "own"))
    other = tmp_path / "other.toml"
    other.write_text('[[index]]\nname = "third"\nurl = "https://third.example/simple"\n')
    names = [found.name for found in project_indexes(member, {"XDG_CONFIG_HOME": str(tmp_path)})]
    assert names == ["priv", "own"]
    environ = {f"UV_INDEX_{name}_PASSWORD": "x" for name in ("PRIV", "OWN", "THIRD")}
    environ["UV_CONFIG_FILE"] = str(other)
    found = index_credentials(project_indexes(member, environ), environ)
    assert sorted(place.host for place in found) == ["own.example", "priv.example", "third.example"]
