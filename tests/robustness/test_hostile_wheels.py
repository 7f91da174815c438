"""Wheels whose RECORD lies: what installs them does as it does with others, twice alike, and inside its directory."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from uv import find_uv_bin

from neve.resources import nix_library

INFO = "a-1.dist-info"
MEMBERS = {
    "a.py": "x = 1\n",
    "extra.py": "y = 1\n",
    f"{INFO}/METADATA": "Metadata-Version: 2.1\nName: a\nVersion: 1\n",
    f"{INFO}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
}
RECORDS = {
    "empty": "",
    "another hash": "a.py,sha256=AAAA,9999\n",
    "files that are not there": "gone.py,,\na.py,,\n",
    "files of others": "../../../../etc/passwd,,\n/etc/shadow,,\n../victim,,\n",
}


def _wheel(directory: Path, members: dict[str, str]) -> Path:
    path = directory / "a-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return path


def _installed(by: str, wheel: Path, target: Path) -> dict[str, bytes]:
    """The files that ``by`` makes of ``wheel`` in ``target``, but for what uv notes of the wheel's place."""
    command = {
        "uv": [find_uv_bin(), "pip", "install", "-q", "--offline", "--no-deps", "--target", str(target), str(wheel)],
        "script": [sys.executable, "-I", str(nix_library() / "nixpkgs/install_wheel.py"), str(wheel), str(target), "."],
    }[by]
    cache = {"UV_CACHE_DIR": str(target.with_suffix(".cache")), "UV_NO_CONFIG": "1", "UV_PYTHON": sys.executable}
    done = subprocess.run(command, env={**os.environ, **cache}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = {str(path.relative_to(target)): path.read_bytes() for path in target.rglob("*") if path.is_file()}
    return {name: content for name, content in found.items() if name not in (".lock", f"{INFO}/uv_cache.json")}


@pytest.mark.parametrize("by", ["uv", "script"])
@pytest.mark.parametrize("record", RECORDS)
def test_a_record_that_lies(by: str, record: str, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    wheel = _wheel(tmp_path, {**MEMBERS, f"{INFO}/RECORD": RECORDS[record]})
    one, two = (_installed(by, wheel, tmp_path / name) for name in ("one", "two"))
    assert one == two
    assert {name: one[name].decode() for name in MEMBERS} == MEMBERS  # what is not listed is there as well
    assert victim.read_text() == "precious"


@pytest.mark.parametrize("member", ["../victim", "../../victim", "/{outside}/victim"])
def test_members_outside_of_it(member: str, tmp_path: Path) -> None:
    """uv leaves them out, the script refuses them."""
    victim = tmp_path / "victim"
    victim.write_text("precious")
    name = member.format(outside=str(tmp_path).lstrip("/"))
    wheel = _wheel(tmp_path, {**MEMBERS, f"{INFO}/RECORD": "", name: "evil"})
    assert {Path(path).name for path in _installed("uv", wheel, tmp_path / "one")}.isdisjoint({"victim"})
    with pytest.raises(AssertionError, match="outside of itself"):
        _installed("script", wheel, tmp_path / "two/deep")
    assert victim.read_text() == "precious"
