from __future__ import annotations

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from neve.bases.debian.package import Package
from neve.bases.debian.relation import parse_relations
from neve.errors import DefectError, NeveError
from neve.progress import Silent
from neve.tools import Tool, install
from neve.tools.install import needed
from neve.tools.machine import Machine, machine
from tests.tools.debs import Archive

_AMD64 = Machine("amd64", "usr/lib/loader", "usr/lib/x86_64-linux-gnu")
_TOOL = Tool(name="hello", program="usr/bin/hello", packages=("hello",))


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = Archive(tmp_path / "mirror")
    archive.add("hello", {"usr/bin/hello": "#!/bin/sh\ncat $(dirname $0)/../share/who\n"}, depends="who, debconf")
    archive.add("who", {"usr/share/who": "world\n"})
    archive.add("debconf", {"usr/bin/debconf": ""}, depends="who")
    return archive


def _package(name: str, depends: str = "", provides: str = "") -> Package:
    return Package(
        name=name,
        version="1",
        architecture="amd64",
        archive="main",
        filename=f"pool/{name}.deb",
        sha256="0" * 64,
        size=1,
        depends=parse_relations(depends, "amd64"),
        provides=parse_relations(provides, "amd64"),
    )


def test_a_tool_is_unpacked_and_runs(archive: Archive, tmp_path: Path) -> None:
    directory = install.install(_TOOL, _AMD64, archive.supply(tmp_path / "cache", Silent()), tmp_path / "tools")
    assert directory.name.startswith("hello-1.0-1-")
    assert subprocess.check_output([directory / "usr/bin/hello"]) == b"world\n"
    assert (directory / "usr/bin/debconf").exists()


def test_a_new_version_gets_a_directory_of_its_own(archive: Archive, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    old = install.install(_TOOL, _AMD64, archive.supply(tmp_path / "cache", Silent()), tools)
    archive.add("hello", {"usr/bin/hello": "#!/bin/sh\necho new\n"}, version="1:2~rc1-1")
    new = install.install(_TOOL, _AMD64, archive.supply(tmp_path / "cache", Silent()), tools)
    assert subprocess.check_output([new / "usr/bin/hello"]) == b"new\n"
    assert old.exists()
    assert ":" not in new.name


def test_what_a_killed_process_left_is_removed(archive: Archive, tmp_path: Path) -> None:
    leftover = tmp_path / "tools/.hello-1.0-1-abc.x1y2.new"
    (leftover / "usr").mkdir(parents=True)
    other = tmp_path / "tools/.other-1.0.x1y2.new"
    other.mkdir()
    install.install(_TOOL, _AMD64, archive.supply(tmp_path / "cache", Silent()), tmp_path / "tools")
    assert not leftover.exists()
    assert other.exists()


def test_two_at_once_do_no_harm(archive: Archive, tmp_path: Path) -> None:
    def one(_: int) -> Path:
        return install.install(_TOOL, _AMD64, archive.supply(tmp_path / "cache", Silent()), tmp_path / "tools")

    with ThreadPoolExecutor(4) as pool:
        (directory,) = set(pool.map(one, range(4)))
    assert subprocess.check_output([directory / "usr/bin/hello"]) == b"world\n"


def test_a_program_that_does_not_run_leaves_nothing(archive: Archive, tmp_path: Path) -> None:
    archive.add("hello", {"usr/bin/hello": "#!/bin/sh\necho no such machine >&2; exit 3\n"}, version="2")
    with pytest.raises(NeveError, match="does not run") as caught:
        install.install(_TOOL, _AMD64, archive.supply(tmp_path / "cache", Silent()), tmp_path / "tools")
    assert caught.value.why == "no such machine"
    assert list((tmp_path / "tools").iterdir()) == []


def test_a_program_that_cannot_be_patched_leaves_nothing(archive: Archive, tmp_path: Path) -> None:
    tool = Tool(name="hello", program="usr/bin/hello", packages=("hello",), patch=("usr/bin/hello",))
    with pytest.raises(NeveError, match="cannot make usr/bin/hello run"):
        install.install(tool, _AMD64, archive.supply(tmp_path / "cache", Silent()), tmp_path / "tools")
    missing = Tool(name="hello", program="usr/bin/hello", packages=("hello",), patch=("usr/bin/nothing",))
    with pytest.raises(DefectError):
        install.install(missing, _AMD64, archive.supply(tmp_path / "cache", Silent()), tmp_path / "tools")
    assert list((tmp_path / "tools").iterdir()) == []


def test_a_patched_program_has_the_loader_and_libraries_beside_it(tmp_path: Path) -> None:
    root, target = tmp_path / "new", tmp_path / "final: place"
    (root / "usr/bin").mkdir(parents=True)
    cat = shutil.which("cat")
    assert cat is not None
    shutil.copyfile(cat, root / "usr/bin/cat")
    install._patch(root, target, "usr/bin/cat", machine())
    patchelf = install.find_patchelf()
    printed = subprocess.check_output(
        [patchelf, "--print-interpreter", "--print-rpath", root / "usr/bin/cat"], text=True
    )
    assert str(target / machine().loader) in printed
    assert f"$ORIGIN/../lib/{Path(machine().libraries).name}" in printed


def test_a_damaged_package_is_not_unpacked(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "mirror/pool/who_1.0-1_amd64.deb").write_bytes(b"!<arch>\n")
    with pytest.raises(NeveError):
        install.install(_TOOL, _AMD64, archive.supply(tmp_path / "cache", Silent()), tmp_path / "tools")
    assert list((tmp_path / "tools").glob("hello*")) == []


def test_what_only_skipped_packages_need_is_left_out() -> None:
    tool = Tool(name="t", program="usr/bin/t", packages=("t",), skip=frozenset({"perl"}))
    packages = [
        _package("t", "libc6, perl | python, virtual-lib (>= 1)"),
        _package("libc6", "libgcc-s1"),
        _package("libgcc-s1", "libc6"),
        _package("perl", "perl-base, libc6"),
        _package("perl-base"),
        _package("lib", provides="virtual-lib (= 1)"),
    ]
    assert [package.name for package in needed(tool, packages)] == ["lib", "libc6", "libgcc-s1", "t"]
