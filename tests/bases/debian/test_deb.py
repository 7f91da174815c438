from __future__ import annotations

import os
import tarfile
import threading
from pathlib import Path

import pytest

from neve.bases.debian.deb import unpack
from neve.errors import ExitCode, NeveError
from tests.bases.debian.archive import deb_of, entry, special


def unpacked(tmp_path: Path, *entries: tuple[tarfile.TarInfo, bytes], suffix: str = ".xz") -> Path:
    deb = tmp_path / "a.deb"
    deb.write_bytes(deb_of(*entries, suffix=suffix))
    unpack(deb, tmp_path / "root")
    return tmp_path / "root"


@pytest.mark.parametrize("suffix", ["", ".gz", ".xz", ".bz2", ".zst"])
def test_files_and_their_modes(tmp_path: Path, suffix: str) -> None:
    big = os.urandom(1 << 20)
    root = unpacked(
        tmp_path,
        special("./", tarfile.DIRTYPE),
        special("./usr/bin/", tarfile.DIRTYPE),
        entry("./usr/bin/run", b"#!", mode=0o4755),
        entry("./etc/odd name", b"text", mode=0o400),
        entry("./usr/share/big", big),
        suffix=suffix,
    )
    assert (root / "usr/share/big").read_bytes() == big
    assert (root / "usr/bin/run").stat().st_mode & 0o7777 == 0o755
    assert (root / "etc/odd name").stat().st_mode & 0o7777 == 0o644


def test_usr_is_merged(tmp_path: Path) -> None:
    root = unpacked(
        tmp_path,
        special("./lib", tarfile.SYMTYPE, "usr/lib"),
        special("./lib64/", tarfile.DIRTYPE),
        entry("./lib/x86_64-linux-gnu/libc.so.6", b"C"),
        special("./lib64/ld.so", tarfile.SYMTYPE, "../lib/x86_64-linux-gnu/libc.so.6"),
        special("./lib/up", tarfile.SYMTYPE, "../etc/conf"),
        special("./usr/lib/back", tarfile.SYMTYPE, "../../lib/x86_64-linux-gnu/libc.so.6"),
        entry("./bin/sh", b"sh"),
        entry("./etc/conf", b"conf"),
    )
    assert sorted(path.name for path in root.iterdir()) == ["bin", "etc", "lib", "lib64", "usr"]
    assert {path.name: str(path.readlink()) for path in root.iterdir() if path.is_symlink()} == {
        "bin": "usr/bin",
        "lib": "usr/lib",
        "lib64": "usr/lib64",
    }
    for path, content in {
        "lib64/ld.so": b"C",
        "usr/lib64/ld.so": b"C",
        "usr/lib/back": b"C",
        "usr/lib/up": b"conf",
        "usr/bin/sh": b"sh",
    }.items():
        assert (root / path).read_bytes() == content


def test_links_stay_inside(tmp_path: Path) -> None:
    root = unpacked(
        tmp_path,
        special("./usr/bin/awk", tarfile.SYMTYPE, "/etc/alternatives/awk"),
        special("./usr/bin/far", tarfile.SYMTYPE, "../../../../../../etc/target"),
        entry("./etc/target", b"inside"),
        special("./usr/hard", tarfile.LNKTYPE, "./etc/target"),
        special("./etc/self", tarfile.SYMTYPE, "target"),
    )
    assert str((root / "usr/bin/awk").readlink()) == "../../etc/alternatives/awk"
    assert (root / "usr/bin/far").read_bytes() == b"inside"
    assert str((root / "etc/self").readlink()) == "target"
    assert (root / "usr/hard").samefile(root / "etc/target")


@pytest.mark.parametrize(
    "entries",
    [
        [entry("../out", b"x")],
        [entry("./a/../../out", b"x")],
        [special("./x", tarfile.CHRTYPE)],
        [special("./x", tarfile.FIFOTYPE)],
        [special("./x", tarfile.LNKTYPE, "../../out")],
        [entry("./x/y", b""), entry("./x", b"")],
    ],
)
def test_what_is_refused(tmp_path: Path, entries: list[tuple[tarfile.TarInfo, bytes]]) -> None:
    (tmp_path / "out").write_text("untouched")
    with pytest.raises(NeveError, match=r"a\.deb cannot be unpacked") as caught:
        unpacked(tmp_path, *entries)
    assert caught.value.code == ExitCode.FIXABLE
    assert (tmp_path / "out").read_text() == "untouched"


def test_chains_of_links_do_not_lead_out(tmp_path: Path) -> None:
    root = unpacked(
        tmp_path,
        special("./d/e/", tarfile.DIRTYPE),
        special("./d/e/x", tarfile.SYMTYPE, "../.."),
        special("./d/e/y", tarfile.SYMTYPE, "x/.."),
        entry("./d/e/y/out", b"x"),
        special("./abs", tarfile.SYMTYPE, str(tmp_path)),
        entry("./abs/out", b"x"),
    )
    assert not (tmp_path / "out").exists()
    assert sum(path.name == "out" for path in root.rglob("*")) == 2


def test_a_link_that_is_there_already_does_not_lead_out(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root/evil").symlink_to(tmp_path)
    with pytest.raises(NeveError, match="leads out"):
        unpacked(tmp_path, entry("./evil/out", b"x"))


def test_unpacking_again_is_fine(tmp_path: Path) -> None:
    entries = [
        entry("./lib/a", b"x"),
        special("./usr/b", tarfile.SYMTYPE, "lib/a"),
        special("./c/", tarfile.DIRTYPE),
    ]
    unpacked(tmp_path, *entries)
    assert (unpacked(tmp_path, *entries) / "usr/b").read_bytes() == b"x"


def test_several_at_once(tmp_path: Path) -> None:
    for n in range(8):
        (tmp_path / f"{n}.deb").write_bytes(deb_of(*(entry(f"./lib/d{m}/f{n}", b"x") for m in range(50))))
    failures: list[NeveError] = []

    def work(n: int) -> None:
        try:
            unpack(tmp_path / f"{n}.deb", tmp_path / "root")
        except NeveError as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(list((tmp_path / "root/usr/lib").rglob("f*"))) == 400


WHOLE = deb_of(entry("./usr/a", os.urandom(5000)))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        b"!<arch>\n",
        b"!<arch>\n" + b"x" * 60,
        WHOLE[:100],
        WHOLE[:-1000],
        WHOLE[:300] + b"\xff" * 200 + WHOLE[500:],
        WHOLE.replace(b"data.tar.xz ", b"data.tar.zst"),
        WHOLE.replace(b"data.tar.xz ", b"data.tar.gz "),
        WHOLE.replace(b"data.tar.xz ", b"data.tar.lz4"),
        WHOLE.replace(b"data.tar.xz ", b"data.tar    "),
    ],
)
def test_what_is_no_deb(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.deb").write_bytes(content)
    with pytest.raises(NeveError, match=r"a\.deb cannot be unpacked"):
        unpack(tmp_path / "a.deb", tmp_path / "root")


def test_no_file_at_all(tmp_path: Path) -> None:
    with pytest.raises(NeveError, match="there is no"):
        unpack(tmp_path / "a.deb", tmp_path / "root")
