"""The index and the environment that all scenarios share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conformance.index import MAIN, Indexes
from tests.conformance.repository import serve_repository
from tests.conformance.scenario import Scenario
from tests.fetch.server import serving

_FOREIGN = ("UV_", "NEVE_", "PIP_", "VIRTUAL_ENV")


@contextmanager
def indexes(home: Path) -> Iterator[Indexes]:
    """Empty indexes on loopback; uv and neve ask nothing else, and have a home of their own."""
    with serving() as server, pytest.MonkeyPatch.context() as patch:
        for key in [key for key in os.environ if key.startswith(_FOREIGN) or "proxy" in key.lower()]:
            patch.delenv(key)
        for key, value in {
            "HOME": home,
            "XDG_CACHE_HOME": home / "cache",
            "XDG_CONFIG_HOME": home / "config",
            "XDG_DATA_HOME": home / "data",
            "UV_CACHE_DIR": home / "uv",
            "UV_DEFAULT_INDEX": f"{server.url}/{MAIN}",
        }.items():
            patch.setenv(key, str(value))
        yield Indexes(server)


def written(scenario: Scenario, served: Indexes, directory: Path) -> Path:
    """The directory that neve is called in, with the scenario's project in place and what it asks for served."""
    served.add(scenario.releases)
    if scenario.repository is not None:
        name, files = scenario.repository
        served.commit = serve_repository(served.server, name, files, directory.with_name(f"{directory.name}-git"))
    for name, content in scenario.files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else served.filled(content).encode())
    return directory / scenario.at
