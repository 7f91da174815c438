"""What the tests of building share: examples/hello, built once, in neve's ordinary store and cache."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from neve.files import cache_home
from neve.nix.find import find_nix
from neve.nix.nix import Nix
from neve.progress import Silent
from neve.tools import Toolbox
from tests.build.layers import Entry, entries
from tests.build.project import Built, Project, example, output
from tests.registry import registry


@dataclass(frozen=True)
class Hello:
    """examples/hello and what was built of it."""

    project: Project
    built: Built

    @property
    def layout(self) -> Path:
        return self.built.layout


@pytest.fixture(scope="session")
def hello(tmp_path_factory: pytest.TempPathFactory) -> Hello:
    """A copy of examples/hello, built; no test changes it."""
    project = example("hello", tmp_path_factory.mktemp("build") / "hello")
    return Hello(project, project.build())


@pytest.fixture(scope="session")
def hello_entries(hello: Hello) -> list[Entry]:
    """Every entry of hello's layers with its content, some 100 MB."""
    return list(entries(hello.layout))


@pytest.fixture(scope="session")
def hello_files(hello_entries: list[Entry]) -> dict[str, Entry]:
    """What a path holds when all layers are laid over one another."""
    return {entry.info.name: entry for entry in hello_entries}


@pytest.fixture(scope="session")
def nix() -> Nix:
    """The Nix that neve uses here, with its ordinary store."""
    return find_nix(Toolbox(cache=cache_home(), progress=Silent()))


@pytest.fixture(scope="session")
def podman(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """A podman with a storage of its own."""
    program, runc = shutil.which("podman"), shutil.which("runc")
    if program is None or runc is None:
        pytest.skip("podman and runc are not installed (Debian packages podman, runc)")
    if os.geteuid() != 0:
        pytest.skip("podman's own storage in a directory of the tests needs root")
    storage = tmp_path_factory.mktemp("podman")
    command = [program, "--root", f"{storage}/root", "--runroot", f"{storage}/run", "--runtime", runc]
    yield command
    subprocess.run([*command, "rm", "--all", "--force"], capture_output=True, check=False)
    subprocess.run([*command, "rmi", "--all", "--force"], capture_output=True, check=False)


@pytest.fixture(scope="session")
def container(podman: list[str]) -> list[str]:
    """``podman run``, with what lets runc start a container where a cgroup or a network is not to be had."""
    modest = ["--network=none", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000"]
    return [*podman, "run", "--rm", *modest]


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A registry on loopback."""
    with registry(tmp_path_factory.mktemp("registry")) as address:
        yield address


@pytest.fixture(scope="session")
def pulled(hello: Hello, podman: list[str], served: str) -> str:
    """hello's image, pushed by neve to the registry and pulled by podman; its name."""
    name = hello.project.neve("push", f"{served}/team/hello")
    assert name == f"{served}/team/hello@{hello.built.digest}"
    output(*podman, "pull", "--quiet", "--tls-verify=false", name)
    return name
