"""Fixtures that tests of several packages share."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.files import cache_home
from neve.nix.nix import OLDEST, OWN, Nix
from neve.nix.process import capture
from neve.progress import Silent
from neve.tools import NIX, Toolbox
from tests.world import World, a_world


def pytest_configure() -> None:
    """A shell starts what runs in the background with Ctrl-C ignored, and that is inherited: tests send it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that only ask Nix to parse or evaluate are unit tests, unless neve's own copy is still to be fetched."""
    for item in items:
        if "real_nixpkgs" in getattr(item, "fixturenames", ()):
            item.add_marker("nixpkgs")
    try:
        Toolbox(cache=cache_home(), progress=Silent(), offline=True).embedded(NIX)
    except NeveError:
        for item in items:
            if "nix_instantiate" in getattr(item, "fixturenames", ()):
                item.add_marker("network")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A Debian mirror and a package index on loopback, and an empty home."""
    with a_world(tmp_path / "home", monkeypatch) as built:
        yield built


@pytest.fixture(scope="session")
def nix_instantiate() -> Callable[[Sequence[str]], str]:
    """Calls the nix-instantiate of neve's own Nix, which needs no store for parsing and evaluating."""
    program = Toolbox(cache=cache_home(), progress=Silent()).embedded(NIX)
    nix = Nix(command=(str(program),), version=OLDEST, store=None, origin=OWN)

    def call(words: Sequence[str]) -> str:
        command = ["nix-instantiate", "--store", "dummy://", *words]
        finished = capture(command, environment=nix.environment(), program=nix.command[0])
        assert finished.status == 0, finished.err.decode()
        return finished.out.decode()

    return call
