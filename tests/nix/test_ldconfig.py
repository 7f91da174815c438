"""ld.so.cache, as nix/debian/ldconfig.py writes it for a root whose own ldconfig cannot run."""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from neve.resources import nix_library

SCRIPT = nix_library() / "debian/ldconfig.py"
MACHINES = {"x86_64": 62, "aarch64": 183}


def library(soname: str | None, machine: int = 62) -> bytes:
    """The smallest shared object that says its name: a header, two segments, a dynamic section, its strings."""
    strings = b"\0" + (soname or "").encode() + b"\0"
    tags = [(5, 0x400 + 0x200), *([(14, 1)] if soname is not None else []), (0, 0)]
    dynamic = b"".join(struct.pack("<QQ", *tag) for tag in tags)
    header = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
    header += struct.pack("<HHIQQQIHHHHHH", 3, machine, 1, 0, 64, 0, 0, 64, 56, 2, 0, 0, 0)
    load = struct.pack("<IIQQQQQQ", 1, 5, 0, 0x400, 0x400, 0x1000, 0x1000, 0x1000)
    data = header + load + struct.pack("<IIQQQQQQ", 2, 6, 0x100, 0x500, 0x500, len(dynamic), len(dynamic), 8)
    return (data.ljust(0x100, b"\0") + dynamic).ljust(0x200, b"\0") + strings.ljust(0x100, b"\0")


def ldconfig() -> Path:
    """This machine's own program, where it is Debian's."""
    found = Path("/usr/sbin/ldconfig")
    if not found.is_file() or b"ldconfig (Debian GLIBC" not in found.read_bytes():
        pytest.skip("the ldconfig of this machine is not Debian's")
    return found


def a_root(directory: Path, machine: int) -> Path:
    """A root with all that ldconfig tells apart."""
    triplet = {number: name for name, number in MACHINES.items()}[machine] + "-linux-gnu"
    libraries = directory / "usr/lib" / triplet
    hwcaps = libraries / "glibc-hwcaps"
    for path in (libraries, directory / "usr/sbin", directory / "etc/ld.so.conf.d", directory / "opt/b", hwcaps / "v3"):
        path.mkdir(parents=True)
    (directory / "lib").symlink_to("usr/lib")
    (directory / "sbin").symlink_to("usr/sbin")
    (directory / "etc/ld.so.conf").write_text("# comment\ninclude /etc/ld.so.conf.d/*.conf\n/opt/b # after\n/missing\n")
    (directory / "etc/ld.so.conf.d/b.conf").write_text(f"/lib/{triplet}\n/usr/lib/{triplet}/\n\n")
    (directory / "etc/ld.so.conf.d/ignored").write_text("/opt/ignored\n")
    files: dict[Path, bytes] = {
        libraries / "liba.so.1.2": library("liba.so.1", machine),
        libraries / "liba.so.10.0": library("liba.so.10", machine),
        libraries / "libnone.so": library(None, machine),
        libraries / "libforeign.so.1": library("libforeign.so.1", 40),
        libraries / "libtext.so": b"GROUP ( libc.so.6 )",
        libraries / "libshort.so": b"\x7fELF\x02\x01",
        libraries / "plugin.so": library("plugin.so", machine),
        libraries / "ld-linux.so.2": library("ld-linux.so.2", machine),
        directory / "usr/lib/libtop.so.3": library("libtop.so.3", machine),
        directory / "opt/b/liba.so.1": library("liba.so.1", machine),
        directory / "opt/b/libz.so.1": library("libz.so.1", machine),
        hwcaps / "v3/liba.so.1.2": library("liba.so.1", machine),
        hwcaps / "v3/liba.so.1.10": library("liba.so.1", machine),
    }
    for path, content in files.items():
        path.write_bytes(content)
    for link, target in {
        "liba.so.1": "liba.so.1.2",
        "liba.so": "liba.so.1",
        "libother.so.5": "liba.so.10.0",
        "libabsolute.so.1": "/opt/b/libz.so.1",
        "libdangling.so.1": "nowhere",
        "libloop.so": "libloop.so",
    }.items():
        (libraries / link).symlink_to(target)
    return directory


def written(root: Path) -> bytes:
    subprocess.run([sys.executable, "-s", "-S", SCRIPT, root], check=True)
    return (root / "etc/ld.so.cache").read_bytes()


def test_the_bytes_are_those_of_the_program(tmp_path: Path) -> None:
    program = ldconfig()
    root = a_root(tmp_path / "root", int.from_bytes(program.read_bytes()[18:20], "little"))
    shutil.copy(program, root / "usr/sbin/ldconfig")
    subprocess.run([program, "-X", "-i", "-r", root, "-C", "/etc/expected"], check=True, capture_output=True)
    assert written(root) == (root / "etc/expected").read_bytes()
    assert b"glibc-hwcaps/v3/liba.so.1.10" in written(root)
    assert not (root / "etc/ld.so.cache").stat().st_mode & 0o022


@pytest.mark.parametrize(("machine", "flags"), [(62, 0x303), (183, 0xA03)])
def test_entries_are_of_the_roots_own_machine(tmp_path: Path, machine: int, flags: int) -> None:
    root = a_root(tmp_path, machine)
    said = b"ldconfig (Debian GLIBC 9.9-1) stable release version 9.9"
    (root / "usr/sbin/ldconfig").write_bytes(library(None, machine) + said)
    data = written(root)
    count, size = struct.unpack_from("<II", data, 20)
    entries = [struct.unpack_from("<iIIIQ", data, 48 + 24 * number) for number in range(count)]
    assert {entry[0] for entry in entries} == {flags}
    names = [data[entry[1] : data.index(b"\0", entry[1])].decode() for entry in entries]
    assert names.index("liba.so.10") < names.index("liba.so.1"), "newer names first"
    assert not {"libforeign.so.1", "libtext.so", "libshort.so", "plugin.so"} & {*names}
    assert size
    assert data.endswith(said)


def test_a_library_that_lies_is_passed_over(tmp_path: Path) -> None:
    root = a_root(tmp_path, 62)
    (root / "usr/sbin/ldconfig").write_bytes(library(None) + b"ldconfig (Debian GLIBC 9) stable release version 9")
    whole = library("libcut.so.1")
    libraries = root / "usr/lib/x86_64-linux-gnu"
    for length in (0, 3, 20, 63, 100, 0x110, 0x201):
        (libraries / f"libcut{length}.so.1").write_bytes(whole[:length])
    assert b"libcut" not in written(root)
    (libraries / "libcut.so.1").write_bytes(whole)
    assert b"libcut.so.1" in written(root)
