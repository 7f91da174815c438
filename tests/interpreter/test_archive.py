"""Archives are looked through before anything unpacks them."""

from __future__ import annotations

import subprocess
import tarfile
from pathlib import Path

import pytest

from neve.errors import NeveError
from neve.interpreter.archive import check_archive, unpacked
from tests.interpreter.served import an_archive, entry, tar_of

PROGRAM = entry("python/bin/python3.12", "#!/bin/sh\necho here\n")


def checked(directory: Path, content: bytes, python: str = "3.12") -> None:
    path = directory / "archive"
    path.write_bytes(content)
    check_archive(path, "python.tar.gz", python)


def test_archives_that_are_taken(tmp_path: Path) -> None:
    links = [
        entry("python/bin/python3", kind=tarfile.SYMTYPE, link="python3.12"),
        entry("python/lib/up", kind=tarfile.SYMTYPE, link="../bin/python3.12"),
        entry("python/bin/same", kind=tarfile.LNKTYPE, link="python/bin/python3.12"),
        entry("./python/lib", kind=tarfile.DIRTYPE),
    ]
    checked(tmp_path, tar_of(PROGRAM, *links))
    checked(tmp_path, an_archive("3.13.1", freethreaded=True).content, "3.13")


@pytest.mark.parametrize(
    ("member", "why"),
    [
        (entry("python/../../etc/passwd"), "would be written outside"),
        (entry("../python/x"), "would be written outside"),
        (entry("/etc/passwd"), "would be written outside"),
        (entry("/python/x"), "would be written outside"),
        (entry("pythonx/y"), "would be written outside"),
        (entry("python/x", kind=tarfile.SYMTYPE, link="/etc"), "leads outside"),
        (entry("python/x", kind=tarfile.SYMTYPE, link="../../etc"), "leads outside"),
        (entry("python/a/b/x", kind=tarfile.SYMTYPE, link="../../../other"), "leads outside"),
        (entry("python/x", kind=tarfile.LNKTYPE, link="/etc/passwd"), "leads outside"),
        (entry("python/x", kind=tarfile.LNKTYPE, link="python/../../x"), "leads outside"),
        (entry("python/x", kind=tarfile.CHRTYPE), "no file, directory or link"),
        (entry("python/x", kind=tarfile.FIFOTYPE), "no file, directory or link"),
    ],
)
def test_members_that_are_not(member: tuple[tarfile.TarInfo, bytes], why: str, tmp_path: Path) -> None:
    with pytest.raises(NeveError, match="not the archive of an interpreter") as caught:
        checked(tmp_path, tar_of(PROGRAM, member))
    assert why in (caught.value.why or "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive"]


def test_nothing_passes_through_a_link(tmp_path: Path) -> None:
    link = entry("python/lib", kind=tarfile.SYMTYPE, link="bin")
    with pytest.raises(NeveError) as caught:
        checked(tmp_path, tar_of(PROGRAM, link, entry("python/lib/x", "x")))
    assert "lies below a link" in (caught.value.why or "")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "cannot be read"),
        (b"<html>404</html>", "cannot be read"),
        (tar_of(PROGRAM)[:-20], "cannot be read"),
        (tar_of(entry("python/bin/python3.11")), "it has no python/bin/python3.12"),
        (tar_of(entry("python/install/bin/python3.12")), "it has no python/bin/python3.12"),
    ],
)
def test_what_is_no_archive_of_this_interpreter(content: bytes, why: str, tmp_path: Path) -> None:
    with pytest.raises(NeveError, match=r"python\.tar\.gz") as caught:
        checked(tmp_path, content)
    assert why in (caught.value.why or "")


def test_more_than_there_can_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*members: tuple[tarfile.TarInfo, bytes]) -> str:
        with pytest.raises(NeveError) as caught:
            checked(tmp_path, tar_of(PROGRAM, *members))
        return str(caught.value.why)

    monkeypatch.setattr("neve.interpreter.archive._MOST_BYTES", 1 << 20)
    assert "larger than" in refused(entry("python/x", "x" * (1 << 21)))
    comments = [entry(f"python/{number}") for number in range(2)]
    for info, _ in comments:
        info.pax_headers = {"comment": "x" * (3 << 18)}
    assert "more than 1 MiB" in refused(*comments)
    checked(tmp_path, tar_of(PROGRAM, entry("python/x", "x" * (1 << 19))))
    monkeypatch.setattr("neve.interpreter.archive._MOST_MEMBERS", 2)
    assert "larger than" in refused(*(entry(f"python/{number}") for number in range(4)))


def test_unpacked_once_for_this_machine(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    odd, text = entry("python/bin/other", "x")
    odd.mode, odd.uid, odd.gid = 0o6777, 4711, 4711
    archive.write_bytes(tar_of(PROGRAM, (odd, text)))
    program = unpacked(archive, "0" * 64, "3.12", tmp_path / "cache")
    assert subprocess.run([program], capture_output=True, text=True, check=True).stdout == "here\n"
    assert (program.parent / "other").stat().st_mode & 0o7777 == 0o755
    assert (program.parent / "other").stat().st_uid == program.stat().st_uid == tmp_path.stat().st_uid
    archive.unlink()
    assert unpacked(archive, "0" * 64, "3.12", tmp_path / "cache") == program


def test_a_freethreaded_program_has_a_name_of_its_own(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.write_bytes(an_archive("3.13.1", freethreaded=True).content)
    assert unpacked(archive, "0" * 64, "3.13", tmp_path / "cache").name == "python3.13t"
