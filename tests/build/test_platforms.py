"""One image for two platforms, the one that is not this machine's assembled without running anything of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from neve.image.check import check
from neve.image.layout import Layout, own_architecture
from neve.nix.call import build, physical
from neve.nix.nix import Nix
from tests.build.conftest import Hello
from tests.build.layers import Entry, entries
from tests.build.project import Built, Project, document, example, output, project

pytestmark = [pytest.mark.build, pytest.mark.network]

OWN = own_architecture()
OTHER = {"amd64": "arm64", "arm64": "amd64"}[OWN]
MACHINES = {"amd64": 62, "arm64": 183}
UNAME = {"amd64": "x86_64", "arm64": "aarch64"}
_EXTENSION = """
[project]
name = "compiled"
version = "1"
requires-python = "==3.13.*"
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[tool.setuptools]
ext-modules = [{ name = "compiled", sources = ["compiled.c"] }]
[tool.neve]
platforms = ["linux/amd64", "linux/arm64"]
"""
_MODULE = """
#include <Python.h>
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "compiled", 0, -1, 0};
PyMODINIT_FUNC PyInit_compiled(void) { return PyModule_Create(&module); }
"""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Built]:
    """examples/hello for both platforms."""
    made = example("hello", tmp_path_factory.mktemp("platforms") / "hello")
    path = made.directory / "pyproject.toml"
    path.write_text(path.read_text() + f'\n[tool.neve]\nplatforms = ["linux/{OWN}", "linux/{OTHER}"]\n')
    return made, made.build()


def rootfs(made: Project, nix: Nix) -> Path:
    """The file system of the platform that is not this machine's."""
    attribute = f"images.{UNAME[OTHER]}.rootfs"
    return physical(nix, build(nix, [attribute], extra=["--file", str(made.directory / ".neve/nix")])[0])


def test_the_index_names_both(both: tuple[Project, Built], hello: Hello) -> None:
    _, built = both
    found = Layout(built.layout)
    assert built.digest == found.descriptor.digest
    assert found.image(OWN).digest == hello.built.digest, "this machine's is as it is without platforms"
    for architecture in (OWN, OTHER):
        image = check(built.layout, architecture=architecture)
        assert image.config["architecture"] == architecture
        assert image.config.get("variant") == {"arm64": "v8"}.get(architecture)
        platform = image.manifest_descriptor.platform or {}
        assert {key: image.config.get(key) for key in platform} == platform


def test_what_is_pure_python_is_one_blob_for_both(both: tuple[Project, Built]) -> None:
    found = Layout(both[1].layout)
    own, other = ([layer.descriptor.digest for layer in found.image(a).layers] for a in (OWN, OTHER))
    shared = [one == two for one, two in zip(own, other, strict=True)]
    assert shared[-2:] == [True, True], "the project and the settings"
    assert shared[:2] == [False, False], "the C library and the interpreter"
    assert sum(shared) > len(shared) / 2


@pytest.mark.parametrize("architecture", [OWN, OTHER])
def test_programs_are_of_the_platform(both: tuple[Project, Built], architecture: str) -> None:
    programs: list[Entry] = [
        entry for entry in entries(both[1].layout, architecture=architecture) if entry.content[:4] == b"\x7fELF"
    ]
    wrong = {e.info.name for e in programs if int.from_bytes(e.content[18:20], "little") != MACHINES[architecture]}
    assert (len(programs) > 100, wrong) == (True, set())


def test_another_machine_locks_the_same(both: tuple[Project, Built]) -> None:
    made, _ = both
    before = (made.directory / "neve.lock").read_bytes()
    made.neve("lock", "--check")
    assert (made.directory / "neve.lock").read_bytes() == before


def test_a_registry_has_both(both: tuple[Project, Built], served: str, podman: list[str], container: list[str]) -> None:
    made, built = both
    name = made.neve("push", f"{served}/team/both:1")
    assert name == f"{served}/team/both@{built.digest}"
    raw = document("skopeo", "inspect", "--raw", "--tls-verify=false", f"docker://{name}")
    assert [manifest["platform"]["architecture"] for manifest in raw["manifests"]] == [OWN, OTHER]
    flags = ["--override-arch", OTHER, "--tls-verify=false"]
    assert document("skopeo", "inspect", "--config", *flags, f"docker://{name}")["architecture"] == OTHER
    output(*podman, "pull", "--quiet", "--tls-verify=false", name)
    assert "numpy" in output(*container, name)


def test_an_archive_is_of_this_machine(both: tuple[Project, Built], tmp_path: Path) -> None:
    made, built = both
    made.neve("build", "--archive", str(tmp_path / "a.tar"), "--layout", str(tmp_path / "layout"))
    assert Layout(tmp_path / "layout").images() == Layout(built.layout).images()
    manifest = json.loads(output("tar", "-xOf", tmp_path / "a.tar", "manifest.json"))
    config = Layout(built.layout).image(OWN).config_descriptor.digest.partition(":")[2]
    assert manifest[0]["Config"].endswith(config)


def test_it_runs_where_it_is_emulated(both: tuple[Project, Built], nix: Nix, tmp_path: Path) -> None:
    """Where qemu is there, the other platform's programs agree with what was done in their place."""
    qemu = shutil.which(f"qemu-{UNAME[OTHER]}-static")
    if qemu is None or os.geteuid() != 0:
        pytest.skip("qemu-user-static is not installed, or the tests do not run as root")
    root = tmp_path / "root"
    shutil.copytree(rootfs(both[0], nix), root, symlinks=True)
    shutil.copy(qemu, root / "qemu")
    emulated = ["chroot", str(root), "/qemu"]
    code = "import numpy, platform; print(platform.machine(), numpy.arange(4).sum())"
    assert output(*emulated, "/opt/venv/bin/python", "-c", code) == f"{UNAME[OTHER]} 6"
    (root / "var/cache").mkdir(parents=True, exist_ok=True)
    subprocess.run([*emulated, "/usr/sbin/ldconfig", "-X", "-i", "-C", "/var/cache/own"], check=True)
    assert (root / "var/cache/own").read_bytes() == (root / "etc/ld.so.cache").read_bytes()
    certificates = root / "etc/ssl/certs"
    before = {path.name: path.readlink() for path in certificates.iterdir() if path.is_symlink()}
    for path in certificates.glob("*.0"):
        path.unlink()
    subprocess.run([*emulated, "/usr/bin/openssl", "rehash", "/etc/ssl/certs"], check=True, capture_output=True)
    assert {path.name: path.readlink() for path in certificates.iterdir() if path.is_symlink()} == before


def test_a_platform_that_is_not_this_machines_alone(both: tuple[Project, Built], tmp_path: Path) -> None:
    alone = replace(both[0], directory=tmp_path / "hello")
    shutil.copytree(both[0].directory, alone.directory, ignore=shutil.ignore_patterns(".neve", "neve.lock"))
    alone.edit("pyproject.toml", f'"linux/{OWN}", ', "")
    assert alone.build().digest == Layout(both[1].layout).image(OTHER).digest
    assert f"this machine is linux/{OWN}" in alone.neve("run", fails=True)
    assert "none is for this machine" in alone.neve("shell", "--", "true", fails=True)


def test_what_must_be_compiled_says_so(tmp_path: Path) -> None:
    made = project(tmp_path / "compiled", _EXTENSION, {"compiled.c": _MODULE})
    said = made.neve("build", fails=True)
    assert f"compiled would have to be compiled for linux/{OTHER}" in said
    assert f"linux_{UNAME[OWN]}" in said
    assert "platforms" in said
