"""Every suite makes an image that starts, chosen by the Python that the project asks for."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from neve.image.check import check
from neve.nix.call import build, physical
from neve.nix.nix import Nix
from neve.resources import nix_library
from tests.build.conftest import Hello
from tests.build.layers import entries
from tests.build.project import Project, project

pytestmark = [pytest.mark.build, pytest.mark.network]

_PROJECT = """
[project]
name = "suite"
version = "1"
requires-python = "=={python}.*"
dependencies = ["idna"]

[tool.neve.image]
entrypoint = ["python", "-c", "import ssl, sqlite3, ctypes, lzma, idna, sys, platform; \
print(sys.version_info[:2], platform.freedesktop_os_release()['VERSION_CODENAME'])"]
"""


@pytest.mark.parametrize(("python", "suite"), [("3.11", "bookworm"), ("3.14", "forky")])
def test_a_suite(python: str, suite: str, nix: Nix, tmp_path: Path) -> None:
    made = project(tmp_path / "suite", _PROJECT.format(python=python))
    built = made.build("--check")
    check(built.layout)
    files = {entry.info.name: entry.info for entry in entries(built.layout)}
    for name in ("bin", "sbin", "lib", "lib64"):
        # Bookworm's packages still have files there.
        assert files[name].linkname == f"usr/{name}"
        assert not [path for path in files if path.startswith(f"{name}/")]
    assert not [name for name, info in files.items() if info.mode & 0o6000]
    assert_same_cache(made, nix, tmp_path / "root")
    assert made.neve("run", "--engine", "bwrap") == f"({python.replace('.', ', ')}) {suite}"


def assert_same_cache(made: Project, nix: Nix, root: Path) -> None:
    """What is written for a root whose ldconfig cannot run equals what the suite's own has written."""
    built = physical(nix, build(nix, ["rootfs"], extra=["--file", str(made.directory / ".neve/nix")])[0])
    for name in ("etc", "usr/lib", "usr/sbin"):
        shutil.copytree(built / name, root / name, symlinks=True)
    for name in ("lib", "sbin"):
        (root / name).symlink_to(f"usr/{name}")
    cache = root / "etc/ld.so.cache"
    expected = cache.read_bytes()
    root.chmod(0o755)
    cache.parent.chmod(0o755)
    cache.unlink()
    subprocess.run([sys.executable, "-s", "-S", nix_library() / "debian/ldconfig.py", root], check=True)
    assert cache.read_bytes() == expected


def test_the_default_suite_has_the_same_cache(hello: Hello, nix: Nix, tmp_path: Path) -> None:
    assert_same_cache(hello.project, nix, tmp_path / "root")
