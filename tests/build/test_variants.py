"""What examples/hello does not show: gzip, another user, no build system, system packages."""

from __future__ import annotations

from pathlib import Path

import pytest

from neve.image.check import check
from neve.image.layout import Layout
from tests.build.conftest import Hello
from tests.build.layers import Entry, digests, entries
from tests.build.project import Built, Project, output, project

pytestmark = [pytest.mark.build, pytest.mark.network]

# Both interpreters that a suite has agree on this.
_PLAIN = """
[project]
name = "plain"
version = "1"
requires-python = ">=3.13"

[tool.neve.image]
user = "serve:1234"
compression = "gzip"
entrypoint = ["python", "main.py"]
env = { MODE = "two words" }
"""
_MAIN = """
import getpass, os, pathlib
import helper
pathlib.Path.home().joinpath("written").write_text("x")
print(os.getuid(), os.getgid(), getpass.getuser(), os.getcwd(), os.environ["MODE"], helper.VALUE)
"""
_SYSTEM = """
[project]
name = "system"
version = "1"
requires-python = ">=3.13"

[tool.neve]
system = ["libblas3", "less"]

[tool.neve.image]
entrypoint = ["python", "-c", "import ctypes; print(ctypes.CDLL('libblas.so.3').ddot_ is not None)"]
"""


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Project:
    files = {"main.py": _MAIN, "helper/__init__.py": "VALUE = 42\n", "data/a b.txt": "data\n"}
    return project(tmp_path_factory.mktemp("plain") / "plain", _PLAIN, files)


@pytest.fixture(scope="module")
def built_plain(plain: Project) -> Built:
    return plain.build("--check")


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return project(tmp_path_factory.mktemp("system") / "system", _SYSTEM)


@pytest.fixture(scope="module")
def built_system(system: Project) -> Built:
    return system.build("--check")


def _files(layout: Path) -> dict[str, Entry]:
    return {entry.info.name: entry for entry in entries(layout)}


def test_gzip(built_plain: Built) -> None:
    image = check(built_plain.layout)
    assert {layer.descriptor.media_type for layer in image.layers} == {"application/vnd.oci.image.layer.v1.tar+gzip"}
    for layer in image.layers:  # RFC 1952: the time of day, where it is not told to leave it out
        assert Layout(built_plain.layout).blob(layer.descriptor.digest).read_bytes()[4:8] == bytes(4)


def test_another_compression_holds_the_same(hello: Hello, built_plain: Built) -> None:
    one, other = Layout(hello.layout).image(), Layout(built_plain.layout).image()
    assert [layer.diff_id for layer in one.layers[:3]] == [layer.diff_id for layer in other.layers[:3]]


def test_sources_without_a_build_system(built_plain: Built) -> None:
    files = _files(built_plain.layout)
    found = {name for name in files if name.startswith("app/") and files[name].info.isreg()}
    assert found == {"app/main.py", "app/helper/__init__.py", "app/data/a b.txt", "app/pyproject.toml"}
    assert Layout(built_plain.layout).image().config["config"]["WorkingDir"] == "/app"


def test_another_user(built_plain: Built, plain: Project) -> None:
    files = _files(built_plain.layout)
    owned = {name: (e.info.uid, e.info.gid) for name, e in files.items() if (e.info.uid, e.info.gid) != (0, 0)}
    assert owned == {"home/serve": (1000, 1234)}
    last = len(digests(built_plain.layout)) - 1
    settings = [entry.info.name for entry in entries(built_plain.layout) if entry.layer == last]
    assert settings == sorted(settings)
    assert "home/serve" in settings
    assert b"\nserve:x:1000:1234:serve:/home/serve:/bin/sh\n" in files["etc/passwd"].content
    assert b"\nserve:x:1234:\n" in files["etc/group"].content
    assert Layout(built_plain.layout).image().config["config"]["User"] == "1000:1234"
    printed = plain.neve("run", "--engine", "bwrap")
    assert printed == "1000 1234 serve /app two words 42"


def test_another_user_in_a_container(
    built_plain: Built, plain: Project, container: list[str], podman: list[str]
) -> None:
    archive = plain.directory.parent / "plain.tar"
    plain.neve("build", "--archive", str(archive))
    output(*podman, "load", "--quiet", "--input", archive)
    assert output(*container, built_plain.reference) == "1000 1234 serve /app two words 42"


def test_system_packages_are_a_layer_of_their_own(hello: Hello, built_system: Built) -> None:
    check(built_system.layout)
    one, other = digests(hello.layout), digests(built_system.layout)
    assert one[:2] == other[:2], "base and interpreter"
    assert other[3] == one[2], "the bare environment"
    layer = {entry.info.name: entry for entry in entries(built_system.layout) if entry.layer == 2}
    assert "var/lib/dpkg/status.d/libblas3" in layer
    assert "usr/bin/less" in layer
    assert "usr/bin/python3.13" not in layer
    assert b"libblas.so.3" in layer["etc/ld.so.cache"].content
    # What does not differ from the layers below is not in it again.
    assert "etc/ssl/certs/ca-certificates.crt" not in layer


def test_alternatives_of_system_packages(system: Project, built_system: Built) -> None:
    files = _files(built_system.layout)
    assert files["usr/bin/pager"].info.linkname == "/usr/bin/less"
    link = next(name for name in files if name.endswith("-linux-gnu/libblas.so.3"))
    assert files[link].info.linkname.endswith("/blas/libblas.so.3")
    assert system.neve("run", "--engine", "bwrap") == "True"
