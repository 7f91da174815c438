"""The nixpkgs base, built: on a stand-in for nixpkgs whose packages are Debian's programs in store paths, and on these
with the functions of the tree that NEVE_NIXPKGS names.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from neve.files import cache_home
from neve.image.check import check
from neve.image.layout import Layout
from neve.nix.call import add_directory, physical
from neve.nix.find import find_nix
from neve.nix.nix import Nix
from neve.progress import Silent
from neve.tools import Toolbox
from tests.build.layers import Entry, digests, entries
from tests.build.project import Built, Project, example, output, project
from tests.build.rebuild import rebuilt
from tests.nixpkgs.debian_pins import make_pins
from tests.nixpkgs.tree import building_nixpkgs, nar_hash

__all__ = ["building_nixpkgs"]

pytestmark = [pytest.mark.build, pytest.mark.network]

_WEB = """
[project]
name = "web"
version = "1"
requires-python = ">=3.13"
dependencies = ["docopt"]

[tool.neve]
base = "nixpkgs"
system = ["jq"]

[tool.neve.image]
user = "1000:1000"
compression = "gzip"
entrypoint = ["python", "main.py"]
env = { MODE = "two words" }
ports = [8000]
shell = true
max-layers = 20
"""
_MAIN = """
import getpass, os, pathlib, shutil, ssl, subprocess, tempfile, zoneinfo
import docopt
print(os.getuid(), os.getgid(), getpass.getuser(), os.getcwd(), os.environ["MODE"], docopt.__version__)
print(subprocess.run(["jq", "-n", "6*7"], capture_output=True, text=True).stdout.strip())
print(subprocess.run(["/bin/sh", "-c", "echo $((6 * 7))"], capture_output=True, text=True).stdout.strip())
print(subprocess.run(["/usr/bin/env", "python", "-c", "print('found')"], capture_output=True, text=True).stdout.strip())
print(tempfile.gettempdir(), pathlib.Path.home())
print(len(ssl.create_default_context().get_ca_certs()) > 100, zoneinfo.ZoneInfo("Europe/Berlin"))
"""


@dataclass(frozen=True)
class Pin:
    """The stand-in in the store, as [tool.neve.nixpkgs] names it."""

    nar_hash: str

    @property
    def rev(self) -> str:
        """Nix remembers which tree a commit is: another tree needs another."""
        return hashlib.sha1(self.nar_hash.encode(), usedforsecurity=False).hexdigest()

    def applied(self, made: Project) -> Project:
        path = made.directory / "pyproject.toml"
        table = f'\n[tool.neve.nixpkgs]\nrev = "{self.rev}"\nnar-hash = "{self.nar_hash}"\n'
        path.write_text(path.read_text() + table)
        return made


@pytest.fixture(scope="module")
def pin(building_nixpkgs: Path, nix: Nix) -> Pin:
    add_directory(nix, building_nixpkgs, "source")
    return Pin(nar_hash(building_nixpkgs))


@pytest.fixture(scope="module")
def hello(pin: Pin, tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = example("hello", tmp_path_factory.mktemp("nixpkgs") / "hello")
    with (made.directory / "pyproject.toml").open("a") as file:
        file.write('\n[tool.neve]\nbase = "nixpkgs"\n')
    pin.applied(made).neve("lock")
    return made


@pytest.fixture(scope="module")
def built(hello: Project) -> Built:
    return hello.build("--offline", "--check")


@pytest.fixture(scope="module")
def web(pin: Pin, tmp_path_factory: pytest.TempPathFactory) -> Project:
    files = {"main.py": _MAIN, "data/a b.txt": "data\n"}
    return pin.applied(project(tmp_path_factory.mktemp("nixpkgs") / "web", _WEB, files))


@pytest.fixture(scope="module")
def built_web(web: Project) -> Built:
    web.neve("lock")
    return web.build("--offline", "--check")


def _files(layout: Path) -> dict[str, Entry]:
    return {entry.info.name: entry for entry in entries(layout)}


def _loaded(archive: Path, podman: list[str]) -> Iterator[str]:
    name = output(*podman, "load", "--quiet", "--input", archive).removeprefix("Loaded image: ")
    yield name
    subprocess.run([*podman, "rmi", "--force", name], capture_output=True, check=False)


def test_the_image_is_whole(built: Built) -> None:
    image = check(built.layout)
    assert image.digest == built.digest
    assert image.config["created"] == "1970-01-01T00:00:01Z"


def test_it_runs(hello: Project, built: Built) -> None:
    assert Path(built.layout).is_dir()
    printed = hello.neve("run", "--offline", "--engine", "bwrap")
    assert "Hello from Python 3.13" in printed
    assert re.search(r"on nixpkgs \d\d\.\d\d", printed)
    assert "numpy" in printed


def test_podman_runs_what_dockertools_made(
    hello: Project, podman: list[str], container: list[str], tmp_path: Path
) -> None:
    archive = tmp_path / "image.tar"
    hello.neve("build", "--offline", "--archive", str(archive))
    for name in _loaded(archive, podman):
        assert name == "localhost/hello:latest"
        assert "Hello from Python 3.13" in output(*container, name)


def test_podman_runs_what_was_pushed(
    hello: Project, built: Built, podman: list[str], container: list[str], served: str
) -> None:
    name = hello.neve("push", f"{served}/team/on-nixpkgs")
    assert name.endswith(built.digest)
    output(*podman, "pull", "--quiet", "--tls-verify=false", name)
    assert "Hello from Python 3.13" in output(*container, name)


def test_nix_builds_the_same_from_the_flake(hello: Project, built: Built, nix: Nix, tmp_path: Path) -> None:
    copy = example("hello", tmp_path / "hello")
    for name in ("pyproject.toml", "uv.lock", "neve.lock"):
        (copy.directory / name).write_bytes((hello.directory / name).read_bytes())
    copy.neve("render", "--locked")

    def ask(*words: str) -> str:
        return output(*nix.invocation(*words), environ=nix.environment(), cwd=copy.directory)

    (path,) = ask("build", "--no-link", "--print-out-paths", ".#oci").split()
    assert Layout(physical(nix, path)).image().digest == built.digest
    stream, env = ask("build", "--no-link", "--print-out-paths", ".#stream", ".#env").split()
    assert physical(nix, stream).is_file()
    assert (physical(nix, env) / "bin/hello").is_file()
    assert "Hello from Python 3.13" in ask("run", ".")
    ask("flake", "check")


def test_the_shell(hello: Project, built: Built, tmp_path: Path) -> None:
    program = "import sys, numpy, hello; print(sys.version_info[:2], numpy.__name__); sys.exit(7)"
    assert Path(built.layout).is_dir()
    words = [hello.python, "-m", "neve", "-q", "-C", str(hello.directory), "--offline", "shell", "--"]
    done = subprocess.run([*words, "python", "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (7, "(3, 13) numpy\n", "")
    script = "type -P hello uv; echo $UV_PYTHON; uv venv -q made; readlink made/bin/python"
    places = output(*words, "bash", "-c", f"cd {tmp_path}; {script}").splitlines()
    assert [place.partition("/nix/store/")[0] for place in places] == [""] * 4
    assert places[2].endswith("-for-wheels/bin/python3.13")
    assert places[3] == places[2]
    done = subprocess.run([*words, "nothing-like-it"], capture_output=True, text=True, check=False)
    assert done.returncode == 127
    assert "nothing-like-it: not found" in done.stderr


def test_built_again_it_is_the_same(hello: Project, built: Built, nix: Nix) -> None:
    assert Path(built.layout).is_dir()
    assert len(rebuilt(hello, nix)) > 15


def test_another_store_another_nix(
    hello: Project, built: Built, building_nixpkgs: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """A store of its own, another release of Nix, umask, time zone and directory: the same digest."""
    # Not below pytest's directory: Nix refuses a store under /tmp.
    store = Path(tempfile.mkdtemp(prefix="test-store-", dir=cache_home()))
    request.addfinalizer(lambda: _removed(store))
    environ = {**os.environ, "NEVE_STORE": str(store), "NEVE_NIX_SUITE": "forky", "TZ": "Pacific/Kiritimati"}
    other = find_nix(Toolbox(cache=cache_home(), progress=Silent()), environ=environ)
    assert add_directory(other, building_nixpkgs, "source").endswith("-source")
    make_pins(other)  # its packages' files
    copy = replace(example("hello", tmp_path / "Größe 1"), environ=environ, umask=0o077)
    for name in ("pyproject.toml", "uv.lock", "neve.lock"):
        (copy.directory / name).write_bytes((hello.directory / name).read_bytes())
    assert copy.build("--offline").digest == built.digest


def _removed(store: Path) -> None:
    subprocess.run(["chmod", "-R", "u+w", store], check=True)
    shutil.rmtree(store)


def test_a_line_of_code_is_one_layer(hello: Project, built: Built, tmp_path: Path) -> None:
    copy = example("hello", tmp_path / "hello")
    for name in ("pyproject.toml", "uv.lock", "neve.lock"):
        (copy.directory / name).write_bytes((hello.directory / name).read_bytes())
    assert copy.build("--offline").digest == built.digest
    copy.edit("src/hello/__init__.py", "Hello from Python", "Greetings from Python")
    old, new = digests(built.layout), digests(copy.build("--offline", "--locked").layout)
    assert old[:-1] == new[:-1]
    assert old[-1] != new[-1]


def test_a_system_package_changes_no_wheel(hello: Project, built: Built, tmp_path: Path) -> None:
    copy = example("hello", tmp_path / "hello")
    for name in ("pyproject.toml", "uv.lock", "neve.lock"):
        (copy.directory / name).write_bytes((hello.directory / name).read_bytes())
    copy.edit("pyproject.toml", 'base = "nixpkgs"', 'base = "nixpkgs"\nsystem = ["jq"]')
    old, new = digests(built.layout), digests(copy.build("--offline").layout)
    # The base stays below, `system` comes in, what lies above it but for the project stays.
    assert old[0] == new[0]
    assert set(old[1:-1]) <= set(new)
    assert len(new) == len(old) + 1


def test_no_layer_holds_a_path_twice(built: Built, built_web: Built) -> None:
    for each in (built, built_web):
        seen: dict[str, int] = {}
        for entry in entries(each.layout):
            assert entry.info.uname == entry.info.gname == ""
            assert entry.info.mtime == 1
            if entry.info.isdir():
                continue
            assert entry.info.name not in seen, entry.info.name
            seen[entry.info.name] = entry.layer


def test_what_is_configured(built_web: Built, web: Project) -> None:
    image = Layout(built_web.layout).image()
    assert {layer.descriptor.media_type for layer in image.layers} == {"application/vnd.oci.image.layer.v1.tar+gzip"}
    settings = image.config["config"]
    assert settings["ExposedPorts"] == {"8000/tcp": {}}
    assert settings["User"] == "1000:1000"
    files = _files(built_web.layout)
    assert {name: (e.info.uid, e.info.gid) for name, e in files.items() if e.info.uid} == {"home/app": (1000, 1000)}
    assert files["tmp"].info.mode == files["var/tmp"].info.mode == 0o1777
    assert files["app/data/a b.txt"].content == b"data\n"
    printed = web.neve("run", "--offline", "--engine", "bwrap").splitlines()
    assert printed == [
        "1000 1000 app /app two words 0.6.2",
        "42",
        "42",
        "found",
        "/tmp /home/app",  # noqa: S108 - of the container
        "True Europe/Berlin",
    ]


def test_the_layers_of_dockertools_are_at_most_the_plans(web: Project, built_web: Built, tmp_path: Path) -> None:
    archive = tmp_path / "image.tar"
    web.neve("build", "--offline", "--archive", str(archive))
    (listed,) = json.loads(output("tar", "-xOf", archive, "manifest.json"))
    assert len(listed["Layers"]) <= 20
    output("tar", "-xf", archive, "-C", tmp_path, listed["Layers"][-1])
    with tarfile.open(tmp_path / listed["Layers"][-1]) as layer:
        kinds = {member.name.removeprefix("./"): member for member in layer.getmembers()}
    # A server of static files refuses links that lead out of the directory.
    assert all(kinds[name].isfile() for name in ("app/main.py", "app/data/a b.txt", "etc/passwd"))
    assert (kinds["home/app"].uid, kinds["tmp"].mode, kinds["app"].mode) == (1000, 0o1777, 0o755)
    assert Path(built_web.layout).is_dir()


def test_a_package_that_does_not_exist(web: Project, built_web: Built, tmp_path: Path) -> None:
    copy = Project(directory=tmp_path / "web")
    copy.directory.mkdir()
    for name in ("pyproject.toml", "uv.lock", "neve.lock", "main.py"):
        (copy.directory / name).write_bytes((web.directory / name).read_bytes())
    copy.edit("pyproject.toml", '"jq"', '"make"')
    said = copy.neve("build", "--offline", fails=True)
    assert said.splitlines()[0].endswith("has no package make")
    assert "where: pyproject.toml, tool.neve.system" in said
    assert "did you mean gnumake?" in said
    assert Path(built_web.layout).is_dir()
