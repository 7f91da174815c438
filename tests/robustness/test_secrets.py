"""Index credentials reach the fetch and nothing else: not the locks, the rendered tree, the cache or an error."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.fetch import Artefact
from neve.fetch.credentials import Origin, index_credentials
from neve.project.indexes import project_indexes
from neve.project.read import read_project
from neve.python.artefact import wheels_only
from neve.render.render import render
from neve.stages.lock import lock_project
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


def _holds_it(*places: Path) -> list[str]:
    secrets = (_PASSWORD.encode(), _HEADER.partition(" ")[2].encode())
    files = [file for place in places for file in place.rglob("*") if file.is_file() and file.name != "netrc"]
    return [str(file) for file in files if any(secret in file.read_bytes() for secret in secrets)]


@pytest.mark.parametrize("way", ["url", "named", "netrc"])
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
