"""Every suite makes an image that starts, chosen by the Python that the project asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from neve.image.check import check
from tests.build.layers import entries
from tests.build.project import project

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
def test_a_suite(python: str, suite: str, tmp_path: Path) -> None:
    made = project(tmp_path / "suite", _PROJECT.format(python=python))
    built = made.build("--check")
    check(built.layout)
    files = {entry.info.name: entry.info for entry in entries(built.layout)}
    for name in ("bin", "sbin", "lib", "lib64"):
        # Bookworm's packages still have files there.
        assert files[name].linkname == f"usr/{name}"
        assert not [path for path in files if path.startswith(f"{name}/")]
    assert not [name for name, info in files.items() if info.mode & 0o6000]
    assert made.neve("run", "--engine", "bwrap") == f"({python.replace('.', ', ')}) {suite}"
