"""Every derivation of the image is built to the same bytes again."""

from __future__ import annotations

from pathlib import Path

import pytest

from neve.nix.nix import Nix
from tests.build.conftest import Hello
from tests.build.layers import entries
from tests.build.project import project
from tests.build.rebuild import rebuilt

pytestmark = [pytest.mark.build, pytest.mark.network]


def test_every_derivation_is_built_to_the_same_bytes(hello: Hello, nix: Nix) -> None:
    assert len(rebuilt(hello.project, nix)) > 15


_OWN = """
[project]
name = "own"
version = "1"
requires-python = ">=3.13"

[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""
# Whether hashes are random, in the backend and in what it calls: then a set has another order in each build.
_BACKEND = """
import os, subprocess, sys, zipfile
def build_wheel(directory, settings=None, metadata=None):
    ask = "import sys; print(sys.flags.hash_randomization)"
    asked = subprocess.run([sys.executable, "-c", ask], capture_output=True)
    with zipfile.ZipFile(os.path.join(directory, "own-1-py3-none-any.whl"), "w") as wheel:
        wheel.writestr("own.py", f"random = {sys.flags.hash_randomization, int(asked.stdout)}\\n")
        wheel.writestr("own-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: own\\nVersion: 1\\n")
        wheel.writestr("own-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("own-1.dist-info/RECORD", "")
    return "own-1-py3-none-any.whl"
"""


def test_a_backend_has_the_same_hashes_in_each_build(tmp_path: Path) -> None:
    made = project(tmp_path / "own", _OWN, {"backend.py": _BACKEND})
    made.neve("lock")
    built = made.build("--offline")
    (module,) = [entry for entry in entries(built.layout) if entry.info.name.endswith("/site-packages/own.py")]
    assert module.content == b"random = (0, 0)\n"
