"""A Nix for tests that build, a busybox in its store, and stand-ins for the programs of a machine."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from neve.files import cache_home
from neve.nix.bootstrap import bootstrap
from neve.nix.find import Nix, find_nix
from neve.progress import Silent
from neve.tools import Toolbox


@pytest.fixture(scope="session")
def toolbox() -> Toolbox:
    """The user's own toolbox, warm after the first run."""
    return Toolbox(cache=cache_home(), progress=Silent())


@pytest.fixture(scope="session")
def nix(toolbox: Toolbox) -> Iterator[Nix]:
    """Neve's own copy (NEVE_NIX_SUITE selects its release) with an empty store of its own."""
    # Not below pytest's directory: Nix refuses a store under /tmp.
    cache_home().mkdir(parents=True, exist_ok=True)
    root = tempfile.mkdtemp(prefix="test-store-", dir=cache_home())
    yield find_nix(toolbox, option="own", environ={**os.environ, "NEVE_STORE": root})
    for directory, _, _ in os.walk(root):
        Path(directory).chmod(0o700)
    shutil.rmtree(root)


@pytest.fixture(scope="session")
def busybox(nix: Nix, toolbox: Toolbox) -> str:
    """The store path of a busybox."""
    return bootstrap(nix, toolbox).path


@pytest.fixture
def program(tmp_path: Path) -> Callable[..., Path]:
    """Makes an executable shell script, on a PATH that consists of tmp_path/bin alone."""

    def make(name: str, script: str) -> Path:
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    return make
