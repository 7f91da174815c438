from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_subprocess import FakeProcess

from neve.errors import NeveError
from neve.nix import find
from neve.nix.call import physical
from neve.nix.find import Nix, find_nix
from neve.nix.nix import OWN
from neve.tools import Tool, Toolbox
from tests.recorder import Recorder

Program = Callable[..., Path]
_GOOD = 'echo "nix (Nix) 2.28.3"'


class _Tools(Toolbox):
    """A toolbox whose own Nix is a stand-in."""

    def __init__(self, cache: Path, program: Program) -> None:
        super().__init__(cache=cache, progress=Recorder())
        self.program = program
        self.asked: list[Tool] = []

    def embedded(self, tool: Tool) -> Path:
        self.asked.append(tool)
        return self.program("own-nix", 'echo "nix (Nix) 2.26.3"')

    @property
    def notes(self) -> list[str]:
        assert isinstance(self.progress, Recorder)
        return self.progress.notes


@pytest.fixture
def tools(tmp_path: Path, program: Program) -> _Tools:
    return _Tools(tmp_path, program)


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path), "NIX_REMOTE": "daemon"}


@pytest.fixture
def own_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A store that counts as made already, in a directory that counts as nobody else's."""
    store = tmp_path / "store"
    (store / "nix/var/nix/db").mkdir(parents=True)
    (store / "nix/var/nix/db/db.sqlite").touch()
    monkeypatch.setattr(find, "_checked", lambda store, _environ: store)
    return store


def test_nix_on_path_comes_before_nix_portable(tools: _Tools, program: Program, environ: dict[str, str]) -> None:
    path = program("nix", _GOOD)
    program("nix-portable", _GOOD)
    nix = find_nix(tools, environ=environ)
    assert nix == Nix(command=(str(path),), version=(2, 28, 3), store=None, origin="on PATH")
    assert tools.notes == []


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ('echo "nix (Nix) 2.17.1"', "needs 2.18"),
        ("echo broken >&2; exit 1", "broken"),
        ("echo hello", "hello"),
        ("kill -9 $$", "status -9"),
    ],
)
def test_a_nix_that_does_not_do_is_passed_over(
    tools: _Tools, program: Program, environ: dict[str, str], script: str, reason: str
) -> None:
    program("nix", script)
    portable = program("nix-portable", _GOOD)
    assert find_nix(tools, environ=environ).command == (str(portable), "nix")
    assert len(tools.notes) == 1
    assert reason in tools.notes[0]


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("nix (Nix) 2.18.0", (2, 18, 0)),
        ("nix (Nix) 2.31.0pre20250712_b1245123", (2, 31, 0)),
        ("nix (Determinate Nix 3.6.2) 2.29.0", (2, 29, 0)),
        ("nix (Lix, like Nix) 2.91.1", (2, 91, 1)),
    ],
)
def test_versions_are_read(
    tools: _Tools, program: Program, environ: dict[str, str], said: str, version: tuple[int, ...]
) -> None:
    program("nix", f'echo "{said}"')
    assert find_nix(tools, environ=environ).version == version


def test_nix_portable_as_the_protocol_has_it(
    tools: _Tools, program: Program, environ: dict[str, str], fp: FakeProcess
) -> None:
    portable = str(program("nix-portable", "exit 1"))
    fp.register([portable, "nix", "--version"], stdout="nix (Nix) 2.20.6\n")
    nix = find_nix(tools, environ=environ)
    assert nix.portable
    assert nix.version == (2, 20, 6)
    path = "/nix/store/gn6lcfwymbcnq4s1yjlwrghb8f2rvd3c-f.txt"
    assert physical(nix, path) == Path(f"{environ['HOME']}/.nix-portable{path}")
    assert nix.legacy("nix-store", ["--version"]) == ([portable, "nix-store", "--version"], None)
    assert "sandbox = true" in nix.environment()["NIX_CONFIG"]


def test_proot_has_no_sandbox_and_says_nothing_of_it(tools: _Tools, program: Program, environ: dict[str, str]) -> None:
    program("nix-portable", _GOOD)
    settings = find_nix(tools, environ={**environ, "NP_RUNTIME": "proot"}).environment()["NIX_CONFIG"]
    assert "sandbox =" not in settings
    assert "sandbox-fallback" not in settings


def test_what_is_asked_for_must_work(tools: _Tools, program: Program, environ: dict[str, str]) -> None:
    program("nix", _GOOD)
    old = program("old", 'echo "nix (Nix) 2.3.16"')
    with pytest.raises(NeveError, match="too old"):
        find_nix(tools, option=str(old), environ=environ)
    with pytest.raises(NeveError, match="too old"):
        find_nix(tools, environ={**environ, "NEVE_NIX": "old"})
    with pytest.raises(NeveError, match="no program"):
        find_nix(tools, option="/nonexistent/nix", environ=environ)


@pytest.mark.usefixtures("own_store")
def test_own_leaves_path_alone(tools: _Tools, program: Program, environ: dict[str, str], own_store: Path) -> None:
    program("nix", _GOOD)
    nix = find_nix(tools, option="own", environ={**environ, "NEVE_STORE": str(own_store), "NEVE_NIX_SUITE": "forky"})
    assert nix.origin == OWN
    assert nix.store == own_store
    assert [tool.suite for tool in tools.asked] == ["forky"]


def test_nothing_on_path_means_the_own_copy(tools: _Tools, environ: dict[str, str], own_store: Path) -> None:
    nix = find_nix(tools, environ={**environ, "NEVE_STORE": str(own_store)})
    assert (nix.origin, nix.version) == (OWN, (2, 26, 3))


def test_the_own_copy_knows_nothing_of_the_user(tools: _Tools, environ: dict[str, str], own_store: Path) -> None:
    theirs = {
        "NIX_CONFIG": "sandbox = false",
        "NIX_PATH": "nixpkgs=/x",
        "LANGUAGE": "de",
        "TZ": "Asia/Tokyo",
        "NEVE_STORE": str(own_store),
    }
    environment = find_nix(tools, environ={**environ, **theirs}).environment()
    assert not {"NIX_REMOTE", "NIX_PATH", "LANGUAGE"} & environment.keys()
    assert "sandbox = false" not in environment["NIX_CONFIG"]
    assert environment["NIX_USER_CONF_FILES"] == ""
    assert not Path(environment["NIX_CONF_DIR"]).exists()
    assert environment["TZ"] == "UTC"


def test_the_users_nix_keeps_their_settings_and_takes_ours(
    tools: _Tools, program: Program, environ: dict[str, str]
) -> None:
    program("nix", _GOOD)
    nix = find_nix(tools, environ={**environ, "NIX_CONFIG": "access-tokens = x"})
    lines = nix.environment()["NIX_CONFIG"].splitlines()
    assert lines[0] == "access-tokens = x"
    assert "substituters = " in lines
    assert not any(
        line.startswith("substituters") for line in nix.environment(substitute=True)["NIX_CONFIG"].splitlines()
    )


@pytest.mark.parametrize("store", ["relative/store", "/srv/what?"])
def test_a_store_that_nix_would_misread(tools: _Tools, environ: dict[str, str], store: str) -> None:
    with pytest.raises(NeveError) as caught:
        find_nix(tools, environ={**environ, "NEVE_STORE": store})
    assert caught.value.where == "NEVE_STORE"


def test_a_store_where_everybody_may_write(tools: _Tools, environ: dict[str, str], tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    with pytest.raises(NeveError) as caught:
        find_nix(tools, environ={**environ, "NEVE_STORE": str(shared / "me/store")})
    assert "everybody may write" in str(caught.value)


def test_the_sandbox_is_tried_before_a_store_is_made(
    tools: _Tools, program: Program, environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[bool] = []
    monkeypatch.setattr(find, "_checked", lambda store, _environ: store)
    monkeypatch.setattr(find, "check_sandbox", lambda: tried.append(True))
    program("nix", _GOOD)
    nix = find_nix(tools, environ={**environ, "NEVE_STORE": str(tmp_path / "new")})
    assert tried == [True]
    assert nix.store is not None
    assert (nix.store / "nix/var/nix/builds").stat().st_mode & 0o777 == 0o700


def test_binary_caches_of_a_team() -> None:
    environ = {"NEVE_SUBSTITUTERS": "https://cache.example", "NEVE_TRUSTED_PUBLIC_KEYS": "cache.example-1:AAAA"}
    nix = Nix(command=("nix",), version=(2, 26), store=None, origin=OWN, environ=environ)
    lines = nix.environment(substitute=True)["NIX_CONFIG"].splitlines()
    assert {"substituters = https://cache.example", "extra-trusted-public-keys = cache.example-1:AAAA"} <= {*lines}
    assert "substituters = " in nix.environment()["NIX_CONFIG"].splitlines()
