"""The members of a Debian package, as the builders unpack them."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from neve.resources import nix_library
from tests.bases.debian.archive import COMPRESS, deb_of, entry

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("ar", "/usr/bin/xz", "/usr/bin/zstd", "bunzip2"))),
    reason="it takes binutils, xz and zstd",
)


def _said(deb: Path, name: str) -> subprocess.CompletedProcess[bytes]:
    script = 'set -o pipefail; . "$1"; member "$2" "$3" | cat'
    command: list[str | Path] = ["bash", "-euc", script, "bash", nix_library() / "debian" / "member.sh", deb, name]
    return subprocess.run(command, capture_output=True, check=False)


@pytest.mark.parametrize("suffix", [*COMPRESS])
def test_every_compression_of_a_package(suffix: str, tmp_path: Path) -> None:
    deb = tmp_path / "a.deb"
    deb.write_bytes(deb_of(entry("./usr/file", b"text"), suffix=suffix, control="Package: a\n"))
    for name, member in {"data.tar": "./usr/file", "control.tar": "./control"}.items():
        done = _said(deb, name)
        assert done.returncode == 0, done.stderr
        with tarfile.open(fileobj=io.BytesIO(done.stdout)) as tar:
            assert tar.getnames() == [member]


def test_what_cannot_be_unpacked(tmp_path: Path) -> None:
    deb = tmp_path / "a.deb"
    deb.write_bytes(deb_of(entry("./usr/file")).replace(b"data.tar.xz", b"data.tar.zz"))
    for name, member in {"data.tar": b"data.tar.zz", "other.tar": b"none at all"}.items():
        done = _said(deb, name)
        assert done.returncode == 1
        assert done.stderr == b"neve: a.deb has no %s that can be unpacked: %s\n" % (name.encode(), member)


def test_a_member_that_is_cut_short(tmp_path: Path) -> None:
    whole, deb = deb_of(entry("./usr/file", bytes(range(256)) * 99)), tmp_path / "a.deb"
    deb.write_bytes(whole[:-40])
    assert _said(deb, "data.tar").returncode != 0
