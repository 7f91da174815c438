from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from neve.doctor.demand import Demand
from neve.doctor.network import network_probes
from neve.doctor.report import Finding
from neve.session import Options, Session
from neve.stages.lock import lock_project
from tests.fetch.server import Step
from tests.world import World

MIRROR, INDEX = "/debian/dists/trixie/InRelease", "/simple/pip/"
NOBODY = "http://127.0.0.1:9"  # discard: nothing listens there


def asked(session: Session, demand: Demand | None = None) -> dict[str, Finding]:
    probes = network_probes(session, demand or Demand())
    return {finding.subject: finding for probe in probes.values() for finding in probe()}


@pytest.fixture
def session(world: World, tmp_path: Path) -> Session:
    return replace(world.session(tmp_path), environ=dict(world.environ))


def test_servers_that_answer(session: Session, world: World) -> None:
    found = asked(session)
    assert {name: str(each.state) for name, each in found.items()} == {"Debian mirror": "ok", "package index": "ok"}
    assert found["Debian mirror"].found == f"{world.server.url}/debian (NEVE_DEBIAN_MIRROR)"
    # A page of one package, not of all; that there is none is an answer as well.
    assert sorted(world.server.paths()) == [MIRROR, INDEX]


def test_the_suite_of_the_project(session: Session, world: World) -> None:
    (session.directory / "neve.toml").write_text('release = "bookworm"\n')
    found = asked(session)["Debian mirror"]
    assert (found.state, "bookworm" in found.fixes[0]) == ("failure", True)
    assert "/debian/dists/bookworm/InRelease" in world.server.paths()


def test_servers_that_do_not_answer(session: Session) -> None:
    environ = {**session.environ, "UV_DEFAULT_INDEX": f"{NOBODY}/simple", "NEVE_DEBIAN_MIRROR": f"{NOBODY}/debian"}
    found = asked(replace(session, environ=environ))
    assert {str(each.state) for each in found.values()} == {"warning"}
    assert "no connection to 127.0.0.1" in (found["package index"].why or "")
    assert any("UV_DEFAULT_INDEX" in fix for fix in found["package index"].fixes)
    # What is not locked yet could not be.
    found = asked(replace(session, environ=environ), Demand(about="project"))
    assert {str(each.state) for each in found.values()} == {"failure"}


def test_an_index_that_wants_credentials(session: Session, world: World) -> None:
    world.server.script[INDEX] = [Step(status=401)]
    secret = world.server.url.replace("http://", "http://me:secret@")
    found = asked(replace(session, environ={**session.environ, "UV_DEFAULT_INDEX": f"{secret}/simple"}))[
        "package index"
    ]
    assert found.state == "failure"
    assert "netrc" in found.fixes[0]
    assert "secret" not in found.model_dump_json()


def test_an_index_with_a_name(session: Session, world: World) -> None:
    """uv takes NAME=URL."""
    environ = {**session.environ, "UV_DEFAULT_INDEX": f"corp-1=https://{NOBODY.removeprefix('http://')}/simple"}
    assert asked(replace(session, environ=environ))["package index"].found.startswith("https://127.0.0.1:9")
    environ["UV_DEFAULT_INDEX"] = f"corp={world.server.url}/simple"
    assert asked(replace(session, environ=environ))["package index"].state == "ok"
    assert INDEX in world.server.paths()


def test_only_where_uv_takes_a_name_it_is_one(session: Session) -> None:
    unset = ("UV_DEFAULT_INDEX", "UV_NO_CONFIG")
    environ = {key: value for key, value in session.environ.items() if key not in unset}
    for variable, directory in {"UV_DEFAULT_INDEX": "b/simple", "UV_INDEX_URL": "a=b/simple"}.items():
        found = asked(replace(session, environ={**environ, variable: "a=b/simple"}))["package index"]
        assert found.found == str(session.directory / directory)
    (session.directory / "uv.toml").write_text('index-url = "a=b/simple"\n')
    assert asked(replace(session, environ=environ))["package index"].found == str(session.directory / "a=b/simple")


@pytest.mark.parametrize(
    "given", ["file://{top}/my%20simple", "corp=file://{top}/my%20simple", "{top}/my simple", "my simple"]
)
def test_an_index_that_is_a_directory(session: Session, given: str) -> None:
    directory = session.directory / "my simple"
    environ = {**session.environ, "UV_DEFAULT_INDEX": given.format(top=session.directory)}
    found = asked(replace(session, environ=environ))["package index"]
    assert (found.state, found.found, found.why) == ("failure", str(directory), "there is no such directory")
    directory.mkdir()
    assert asked(replace(session, environ=environ))["package index"].state == "ok"


def test_uvs_own_index_is_that_of_what_is_locked(session: Session, world: World) -> None:
    """Where no index is configured, which uv asks is uv's matter: the server of a locked file tells."""
    world.serve_wheel("lemon", "1.0")
    text = '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["lemon"]\n'
    (session.directory / "pyproject.toml").write_text(text)
    locked = lock_project(session)
    environ = {key: value for key, value in session.environ.items() if key != "UV_DEFAULT_INDEX"}
    bare = replace(session, environ=environ)
    world.server.seen.clear()
    found = asked(bare, Demand(about="project", locked=locked))["package index"]
    assert (found.state, found.found) == ("ok", world.server.url)
    assert "/files/lemon-1.0-py3-none-any.whl" in world.server.paths()
    world.server.seen.clear()
    for nothing in (Demand(), Demand(about="project")):
        found = asked(bare, nothing)["package index"]
        assert (found.state, found.found) == ("skipped", "uv's own default, and no lock says where that has its files")
    assert set(world.server.paths()) == {MIRROR}  # and no server is guessed


def test_a_mirror_that_is_none(session: Session) -> None:
    (session.directory / "neve.toml").write_text('base = "nixpkgs"\n')
    environ = {**session.environ, "NEVE_SUBSTITUTERS": f"{NOBODY} file:///nowhere"}
    found = asked(replace(session, environ=environ))
    assert found["binary cache"].found == NOBODY
    assert found["binary cache"].state == "warning"


def test_offline_asks_nobody(session: Session, world: World) -> None:
    found = asked(replace(session, options=Options(offline=True)))
    assert {name: str(each.state) for name, each in found.items()} == {"network": "skipped"}
    assert world.server.seen == []
