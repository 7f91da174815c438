"""Packages built from source on Debian: in C, C++, Cython and Rust, by the backends that people use."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.build.layers import entries
from tests.build.project import Project, project
from tests.fetch.server import serving

pytestmark = [pytest.mark.build, pytest.mark.network]

_HEAD = """\
[project]
name = "answer"
version = "1.0"
requires-python = ">=3.13,<3.14"
[build-system]
requires = {requires}
build-backend = "{backend}"
"""
_C = """\
#define PY_SSIZE_T_CLEAN
#include <Python.h>
static PyObject *answer(PyObject *self, PyObject *none) { return PyLong_FromLong(42); }
static PyMethodDef methods[] = {{"answer", answer, METH_NOARGS, ""}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "answer", "", -1, methods};
PyMODINIT_FUNC PyInit_answer(void) { return PyModule_Create(&module); }
"""
_CMAKE = """\
cmake_minimum_required(VERSION 3.15)
project(answer)
find_package(Python REQUIRED COMPONENTS Interpreter Development.Module)
python_add_library(answer MODULE answer.c WITH_SOABI)
install(TARGETS answer DESTINATION .)
"""
_MESON = """\
project('answer', 'c', version: '1.0')
py = import('python').find_installation()
py.extension_module('answer', 'answer.c', install: true)
"""
_CFFI = """\
from cffi import FFI
ffi = FFI()
ffi.cdef("int answer(void);")
ffi.set_source("_answer", "int answer(void) { return 42; }")
"""
_SETUP = "from setuptools import Extension, setup\nsetup({})\n"
_MODULE = "py_modules=['answer']"

# By name: the backend, its requirements, the files.
_KINDS: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "c": (
        "setuptools.build_meta",
        '["setuptools"]',
        {"setup.py": _SETUP.format("ext_modules=[Extension('answer', ['answer.c'])]"), "answer.c": _C},
    ),
    "cython": (
        "setuptools.build_meta",
        '["setuptools", "cython"]',
        {
            "setup.py": _SETUP.format("ext_modules=[Extension('answer', ['answer.pyx'])]"),
            "answer.pyx": "# distutils: language = c++\ndef answer():\n    return 42\n",
        },
    ),
    "cmake": ("scikit_build_core.build", '["scikit-build-core"]', {"CMakeLists.txt": _CMAKE, "answer.c": _C}),
    "meson": ("mesonpy", '["meson-python"]', {"meson.build": _MESON, "answer.c": _C}),
    # An old one asks for what it needs when it runs.
    "setup_requires": (
        "setuptools.build_meta:__legacy__",
        '["setuptools"]',
        {
            "setup.py": _SETUP.format(f"setup_requires=['cffi'], cffi_modules=['make.py:ffi'], {_MODULE}"),
            "make.py": _CFFI,
            "answer.py": "from _answer import lib\nanswer = lib.answer\n",
        },
    ),
}


def made(directory: Path, kind: str) -> Project:
    backend, requires, files = _KINDS[kind]
    head = _HEAD.format(backend=backend, requires=requires)
    if kind == "setup_requires":
        head = head.replace("[build-system]", 'dependencies = ["cffi"]\n[build-system]')
    return project(directory, head, files)


@pytest.mark.parametrize("kind", _KINDS)
def test_what_is_compiled_runs_and_the_image_holds_no_compiler(kind: str, tmp_path: Path) -> None:
    built = made(tmp_path / "answer", kind)
    layout = built.build().layout
    assert built.neve("run", "--", "python", "-c", "import answer; print(answer.answer())") == "42"
    held = {entry.info.name for entry in entries(layout)}
    assert any(name.startswith("opt/venv/lib/python3.13/site-packages/") and "answer" in name for name in held)
    assert not [name for name in held if name.endswith(("bin/gcc", "/Python.h", "status.d/gcc", "status.d/libc6-dev"))]


def test_what_a_compiled_package_lacks_is_named_step_by_step(tmp_path: Path) -> None:
    code = _C.replace("#include <Python.h>", "#include <Python.h>\n#include <postgresql/libpq-fe.h>")
    code = code.replace("PyLong_FromLong(42)", "PyLong_FromLong(PQlibVersion() > 0 ? 42 : 0)")
    setup = _SETUP.format("ext_modules=[Extension('answer', ['answer.c'], libraries=['pq'])]")
    head = _HEAD.format(backend="setuptools.build_meta", requires='["setuptools"]')
    answer = project(tmp_path / "answer", head, {"setup.py": setup, "answer.c": code})
    said = answer.neve("build", fails=True)
    assert "fatal error: postgresql/libpq-fe.h" in said
    assert 'system = ["libpq-dev"] under [tool.neve.build]' in said
    path = answer.directory / "pyproject.toml"
    path.write_text(path.read_text() + '[tool.neve.build]\nsystem = ["libpq-dev"]\n')
    assert 'system = ["libpq5"] under [tool.neve]' in answer.neve("build", fails=True)
    path.write_text(path.read_text() + '[tool.neve]\nsystem = ["libpq5"]\n')
    answer.build()
    assert answer.neve("run", "--", "python", "-c", "import answer; print(answer.answer())") == "42"


def test_a_backend_that_cannot_say_what_it_needs(tmp_path: Path) -> None:
    head = _HEAD.format(backend="own", requires="[]") + 'backend-path = ["."]\n'
    own = "def get_requires_for_build_wheel(settings=None):\n    import nothing_like_it\n"
    said = project(tmp_path / "answer", head, {"own.py": own}).neve("lock", fails=True)
    assert "the build backend of answer cannot say what it needs to be built" in said
    assert "No module named 'nothing_like_it'" in said
    assert "tool.uv.extra-build-dependencies.answer" in said


def _crate() -> bytes:
    """The archive of a crate, as `cargo package` makes it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, text in {
            "Cargo.toml": '[package]\nname = "tiny-crate"\nversion = "0.1.0"\nedition = "2021"\n',
            "src/lib.rs": "pub fn answer() -> u32 { 42 }\n",
        }.items():
            entry = tarfile.TarInfo(f"tiny-crate-0.1.0/{name}")
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text.encode()))
    return out.getvalue()


def test_rust_is_built_with_the_crates_of_its_lock(tmp_path: Path) -> None:
    crate = _crate()
    index = "registry+https://github.com/rust-lang/crates.io-index"
    lock = f"""\
version = 3
[[package]]
name = "answer"
version = "1.0.0"
dependencies = ["tiny-crate"]
[[package]]
name = "tiny-crate"
version = "0.1.0"
source = "{index}"
checksum = "{hashlib.sha256(crate).hexdigest()}"
"""
    manifest = '[package]\nname = "answer"\nversion = "1.0.0"\nedition = "2021"\n[dependencies]\ntiny-crate = "0.1"\n'
    files = {"Cargo.toml": manifest, "src/main.rs": 'fn main() { println!("{}", tiny_crate::answer()); }\n'}
    head = _HEAD.format(backend="maturin", requires='["maturin>=1"]') + '[tool.maturin]\nbindings = "bin"\n'
    answer = project(tmp_path / "answer", head, files)
    assert "has no Cargo.lock" in answer.neve("build", fails=True)
    (answer.directory / "Cargo.lock").write_text(lock)
    with serving() as server:
        server.files["/tiny-crate/0.1.0/download"] = crate
        answer = replace(answer, environ={**answer.environ, "NEVE_CRATES_MIRROR": server.url})
        answer.build()
    assert answer.neve("run", "--", "answer") == "42"


def test_sources_of_an_index(tmp_path: Path) -> None:
    """One in C, of which there are wheels too, and an old one with a setup.py alone."""
    head = _HEAD.partition("[build-system]")[0]
    head += 'dependencies = ["markupsafe==3.0.2", "docopt==0.6.2"]\n[tool.uv]\nno-binary-package = ["markupsafe"]\n'
    answer = project(tmp_path / "answer", head, {"main.py": ""})
    first = answer.build()
    code = "import markupsafe._speedups, docopt; print(docopt.__version__)"
    assert answer.neve("run", "--", "python", "-c", code) == "0.6.2"
    layer = "sources"
    described = answer.neve("info", "--json")
    assert f'"name": "{layer}"' in described
    again = project(tmp_path / "elsewhere" / "answer", head, {"main.py": ""})
    for name in ("uv.lock", "neve.lock"):
        (again.directory / name).write_bytes((answer.directory / name).read_bytes())
    assert again.build().digest == first.digest
