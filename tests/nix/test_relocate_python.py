"""An interpreter of uv's is told where it lies: nix/common/relocate_python.py on the files of one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from neve.resources import nix_library
from tests.interpreter.served import entry, tar_of

HEAD = "# system configuration generated and used by the sysconfig module\n"
VARIABLES: dict[str, Any] = {
    "AR": "/tools/llvm/bin/llvm-ar",
    "ARFLAGS": "rcs",
    "BLDSHARED": "clang -pthread -shared -L/install/lib",
    "CC": "/tools/clang-linux64/bin/clang-18 -pthread",
    "CFLAGS": "-Wall -fdebug-default-version=4 -I/install/include -fPIC -flto=thin",
    "CONFIG_ARGS": "'--prefix=/install' '--with-clang' 'CC=clang'",
    "CXX": "aarch64-linux-gnu-g++ -pthread",
    "HAVE_CLANG": 1,
    "INCLUDEPY": "/install/include/python3.12",
    "INSTALLED": "/installed /usr/install /install",
    "LDCXXSHARED": "musl-clang++ -shared",
    "LDSHARED": "/usr/bin/x86_64-linux-gnu-gcc -shared",
    "LIBPC": "/install/lib/pkgconfig",
    "LINKCC": "gcc-13 -Wl,-rpath,/install/lib",
    "prefix": "/install",
}
EXPECTED: dict[str, Any] = VARIABLES | {
    "AR": "ar",
    "BLDSHARED": "cc -pthread -shared -L/opt/python/lib",
    "CC": "cc -pthread",
    "CFLAGS": "-Wall -I/opt/python/include -fPIC",
    "CONFIG_ARGS": "'--prefix=/opt/python' '--with-clang' 'CC=clang'",
    "CXX": "c++ -pthread",
    "INCLUDEPY": "/opt/python/include/python3.12",
    "INSTALLED": "/installed /usr/install /opt/python",
    "LDCXXSHARED": "c++ -shared",
    "LDSHARED": "cc -shared",
    "LIBPC": "/opt/python/lib/pkgconfig",
    "LINKCC": "cc -Wl,-rpath,/opt/python/lib",
    "prefix": "/opt/python",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    library = tmp_path / "lib/python3.12"
    for directory in (library / "config-3.12-x86_64-linux-gnu", tmp_path / "lib/pkgconfig", tmp_path / "bin"):
        directory.mkdir(parents=True)
    return tmp_path


def relocate(tree: Path) -> None:
    script = nix_library() / "common" / "relocate_python.py"
    subprocess.run([sys.executable, "-s", "-S", script, "/opt/python", tree], check=True)


def test_the_variables_of_sysconfig(tree: Path) -> None:
    module = tree / "lib/python3.12/_sysconfigdata__linux_x86_64-linux-gnu.py"
    # As CPython writes them: long ones on several lines, one string after the other.
    text = json.dumps(VARIABLES, indent=1).replace('"-Wall ', '"-Wall "\n    "')
    module.write_text(f"{HEAD}build_time_vars = {text}\n")
    module.chmod(0o444)
    table = tree / "lib/python3.12/_sysconfig_vars__linux_x86_64-linux-gnu.json"
    table.write_text(json.dumps(VARIABLES))
    relocate(tree)
    assert module.read_text().startswith(HEAD)
    found: dict[str, Any] = {}
    exec(module.read_text(), found)  # noqa: S102 - what sysconfig does with it
    assert found["build_time_vars"] == EXPECTED
    assert json.loads(table.read_text()) == EXPECTED
    assert module.stat().st_mode & 0o777 == 0o444
    before = module.read_text()
    relocate(tree)
    assert module.read_text() == before


def test_files_for_those_who_link(tree: Path) -> None:
    files = {
        "lib/pkgconfig/python-3.12.pc": "prefix=/install\nlibdir=${prefix}/lib\nCflags: -I/install/include\n",
        "lib/python3.12/config-3.12-x86_64-linux-gnu/Makefile": "prefix=\t/install\nCC=clang\nX=$(Y)/install\n",
        "lib/python3.12/build-details.json": '{"base_prefix": "/install"}',
        "bin/python3.12-config": 'prefix="/install"\n',
    }
    others = {"bin/tool": "/install", "lib/python3.12/os.py": "'/install'"}
    for name, text in {**files, **others}.items():
        (tree / name).write_text(text)
    (tree / "bin/python3-config").symlink_to("python3.12-config")
    binary = tree / "bin/python3.11-config"
    binary.write_bytes(b"\xff/install")
    relocate(tree)
    assert {name: (tree / name).read_text() for name in (*files, *others)} == {
        "lib/pkgconfig/python-3.12.pc": "prefix=/opt/python\nlibdir=${prefix}/lib\nCflags: -I/opt/python/include\n",
        "lib/python3.12/config-3.12-x86_64-linux-gnu/Makefile": "prefix=\t/opt/python\nCC=clang\nX=$(Y)/install\n",
        "lib/python3.12/build-details.json": '{"base_prefix": "/opt/python"}',
        "bin/python3.12-config": 'prefix="/opt/python"\n',
        **others,
    }
    assert (tree / "bin/python3-config").is_symlink()
    assert binary.read_bytes() == b"\xff/install"


@pytest.mark.parametrize("suffix", ["", "t"])
def test_an_archive_is_unpacked_without_its_byte_code(suffix: str, tmp_path: Path) -> None:
    name = f"python3.13{suffix}"
    members = [
        entry(f"python/bin/{name}", "#!/bin/sh\n"),
        entry(f"python/lib/{name}/os.py", "x = 1\n"),
        entry(f"python/lib/{name}/__pycache__/os.cpython-313.pyc", "stale"),
        entry(f"python/lib/{name}/old.pyc", "stale"),
    ]
    archive, out = tmp_path / "archive.tar.gz", tmp_path / "out"
    archive.write_bytes(tar_of(*members))
    environ = {"out": str(out), "interpreter": str(archive), "minor": "3.13", "PATH": "/usr/bin:/bin"}
    script = nix_library() / "debian" / "unpack-interpreter.sh"
    subprocess.run(["bash", "-eu", script], env=environ, check=True)
    root = out / "root/opt/python"
    found = {str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir()}
    assert found == {f"bin/{name}", "bin/python3.13", "bin/python3", f"lib/{name}/os.py"}
    assert (root / "bin/python3.13").resolve() == (root / "bin" / name).resolve()
    assert (root / "bin/python3").resolve() == (root / "bin" / name).resolve()
