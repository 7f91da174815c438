"""Images with an interpreter that uv manages: one on loopback, of which all but its origin is as uv's own are."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from neve.image.check import check
from neve.interpreter.provide import host_python
from neve.nix.nix import Nix
from neve.session import Session
from tests.build.layers import Entry, entries
from tests.build.project import Built, Project, output, project
from tests.build.rebuild import rebuilt
from tests.build.standalone import standalone
from tests.fetch.server import serving
from tests.interpreter.served import Archive, offer

pytestmark = [
    pytest.mark.build,
    pytest.mark.network,
    pytest.mark.skipif(os.uname().machine != "x86_64", reason="the interpreter on loopback is x86_64's"),
]

# trixie has no 3.11: it is taken of uv's.
PYPROJECT = """
[project]
name = "ext"
version = "1"
requires-python = ">=3.11"
dependencies = ["idna", "markupsafe"]

[project.scripts]
ext = "ext:main"

[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[tool.setuptools]
ext-modules = [{ name = "ext._native", sources = ["src/ext/native.c"] }]

[tool.neve]
release = "trixie"
python = "3.11"
"""
MODULE = """
def main():
    import bz2, ctypes, lzma, os, platform, shutil, sqlite3, ssl, sys, sysconfig
    import idna, markupsafe
    from ext._native import answer
    print(sys.version_info[:2], platform.freedesktop_os_release()["VERSION_CODENAME"], answer())
    print(sys.prefix, sys.base_prefix, shutil.which("python3"))
    print(sysconfig.get_config_var("CC"), sysconfig.get_config_var("INCLUDEPY"))
    print(len(ssl.create_default_context().get_ca_certs()) > 50)
"""
NATIVE = """
#include <Python.h>
static PyObject *answer(PyObject *self, PyObject *ignored) { return PyLong_FromLong(42); }
static PyMethodDef methods[] = {{"answer", answer, METH_NOARGS, ""}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_native", "", -1, methods};
PyMODINIT_FUNC PyInit__native(void) { return PyModule_Create(&module); }
"""
SAID = [
    "(3, 11) trixie 42",
    "/opt/venv /opt/python /opt/venv/bin/python3",
    "cc /opt/python/include/python3.11",
    "True",
]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return standalone("3.11", "bookworm", tmp_path_factory.mktemp("standalone"))


@pytest.fixture(scope="module")
def made(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    files = {"src/ext/__init__.py": MODULE, "src/ext/native.c": NATIVE}
    directory = project(tmp_path_factory.mktemp("interpreter") / "ext", PYPROJECT, files).directory
    with serving() as server:
        environ = {key: value for key, value in os.environ.items() if not key.startswith("UV_PYTHON")}
        yield Project(directory=directory, environ={**environ, **offer(server, archive)})


@pytest.fixture(scope="module")
def built(made: Project) -> Built:
    return made.build("--check")


@pytest.fixture(scope="module")
def files(built: Built) -> dict[str, Entry]:
    return {entry.info.name: entry for entry in entries(built.layout)}


def test_the_image_starts_with_it(made: Project, built: Built) -> None:
    check(built.layout)
    assert made.neve("run", "--engine", "bwrap").splitlines() == SAID
    words = ["shell", "--", "python", "-c", "import sys, ext._native; print(sys.base_prefix, ext._native.answer())"]
    assert made.neve(*words) == "/opt/python 42"


def test_it_starts_in_a_container(
    made: Project, built: Built, podman: list[str], container: list[str], tmp_path: Path
) -> None:
    archive = tmp_path / "image.tar"
    made.neve("build", "--archive", str(archive))
    output(*podman, "load", "--quiet", "--input", archive)
    assert output(*container, built.reference).splitlines() == SAID


def test_what_lies_at_opt_python(files: dict[str, Entry]) -> None:
    assert files["opt/venv/bin/python"].info.linkname == "/opt/python/bin/python3.11"
    assert files["opt/python/bin/python3.11"].info.mode == 0o755
    assert not [name for name in files if name.startswith(("usr/bin/python3", "usr/lib/python3"))]
    sources = {name for name in files if name.startswith("opt/python/lib/python3.11/") and name.endswith(".py")}
    cached = {name for name in files if name.startswith("opt/python/") and name.endswith(".pyc")}
    assert "opt/python/lib/python3.11/json/__pycache__/decoder.cpython-311.pyc" in cached
    assert len(cached) > 0.9 * len(sources) > 400
    # PEP 552: flags 1, a hash that nobody compares.
    assert {files[name].content[4:8] for name in cached} == {b"\x01\0\0\0"}
    assert not [name for name in files if b"/install/" in files[name].content and "_sysconfigdata_" in name]


def test_it_lies_in_one_layer_and_no_other_layer_has_traces_of_it(built: Built) -> None:
    layers = {entry.layer for entry in entries(built.layout) if entry.info.name.startswith("opt/python")}
    assert len(layers) == 1


def test_every_derivation_is_built_to_the_same_bytes(made: Project, built: Built, nix: Nix) -> None:  # noqa: ARG001
    derivations = rebuilt(made, nix)
    assert [path for path in derivations if path.endswith("-debian-trixie-python3.11.drv")]


def test_the_mirror_is_not_needed_once_it_is_built(made: Project, built: Built, archive: Archive) -> None:
    text = (made.directory / "neve.lock").read_text()
    assert archive.digest in text
    environ = {key: value for key, value in made.environ.items() if key != "UV_PYTHON_DOWNLOADS_JSON_URL"}
    (made.directory / "src/ext/more.py").write_text("more = 1\n")
    again = Project(directory=made.directory, environ=environ).build("--offline", "--locked")
    (made.directory / "src/ext/more.py").unlink()
    assert again.digest != built.digest


def test_uv_may_ask_the_same_interpreter_on_this_machine(made: Project, built: Built) -> None:  # noqa: ARG001
    program = host_python(Session(made.directory, environ=made.environ))
    words = "import sys, ssl; print(sys.version_info[:2], sys.prefix)"
    assert output(program, "-c", words) == f"(3, 11) {program.parents[1]}"


def test_two_platforms_have_the_same_version_of_it(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "arm").mkdir()
    arm = standalone("3.11", "bookworm", tmp_path / "arm", architecture="aarch64")
    text = (
        PYPROJECT.partition("[project.scripts]")[0]
        + """
[tool.neve]
release = "trixie"
python = "3.11"
platforms = ["linux/amd64", "linux/arm64"]
"""
    )
    directory = project(tmp_path / "both", text).directory
    with serving() as server:
        both = Project(directory=directory, environ={**os.environ, **offer(server, archive, arm)})
        layout = both.build().layout
    check(layout)
    machines, cached = {}, {}
    for architecture in ("amd64", "arm64"):
        found = {entry.info.name: entry.content for entry in entries(layout, architecture)}
        # ELF's e_machine.
        machines[architecture] = int.from_bytes(found["opt/python/bin/python3.11"][18:20], "little")
        cached[architecture] = found["opt/python/lib/python3.11/json/__pycache__/decoder.cpython-311.pyc"]
        triplet = {"amd64": "x86_64", "arm64": "aarch64"}[architecture] + "-linux-gnu"
        data = found[f"opt/python/lib/python3.11/_sysconfigdata__{triplet}.py"]
        assert b"'/opt/python'" in data
        assert b"/install/" not in data
    assert machines == {"amd64": 62, "arm64": 183}
    assert cached["amd64"] == cached["arm64"]
