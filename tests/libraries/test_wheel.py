from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from neve.cuda.architectures import Architectures
from neve.errors import NeveError
from neve.libraries.cache import FORMAT, keep_wheel, kept_wheel, wheel_place
from neve.libraries.wheel import WheelFiles, read_wheel
from tests.cuda.fatbins import fatbin
from tests.libraries.elves import elf, wheel_of

LIBRARY = elf(needed=["libGL.so.1", "libc.so.6"], soname="liba.so", versions={"libc.so.6": ["GLIBC_2.28"]})


def read(tmp_path: Path, content: bytes) -> WheelFiles:
    path = tmp_path / "a-1-cp313-cp313-linux_x86_64.whl"
    path.write_bytes(content)
    return read_wheel(path)


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_machine_code_is_found_by_its_first_bytes(tmp_path: Path, compression: int) -> None:
    files = {
        "a/b.cpython-313-x86_64-linux-gnu.so": LIBRARY,
        "a.libs/liba-0123.so.1.2": LIBRARY,
        "a/data/program": elf(program=True, machine=183),
        "a/__init__.py": LIBRARY,  # no wheel has code of a machine there
        "a/model.bin": b"\x7fEL",
        "a/empty.so": b"",
        "a/text.so": b"INPUT ( libb.so )",
        "a/broken.so": LIBRARY[:100],
    }
    found = read(tmp_path, wheel_of(files, compression=compression))
    assert set(found.files) == {"a/b.cpython-313-x86_64-linux-gnu.so", "a.libs/liba-0123.so.1.2", "a/data/program"}
    assert found.files["a.libs/liba-0123.so.1.2"].needed == ("libGL.so.1", "libc.so.6")
    assert found.files["a.libs/liba-0123.so.1.2"].versions == ("GLIBC_2.28",)
    assert found.unreadable == {"a/broken.so": "it is cut short"}


@pytest.mark.parametrize("strings_first", [True, False])
@pytest.mark.parametrize("padding", [3 << 20, 9 << 20])
def test_a_large_file_is_read_past(tmp_path: Path, strings_first: bool, padding: int) -> None:
    """What is asked for lies at both ends, so that the archive is read from its start again."""
    big = elf(needed=["libc.so.6"], soname="libbig.so", padding=padding, strings_first=strings_first)
    tracemalloc.start()
    found = read(tmp_path, wheel_of({"libbig.so": big}))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.files["libbig.so"].needed == ("libc.so.6",)
    assert peak < len(big) + (12 << 20)  # read_wheel keeps some MiB, whatever the file has


@pytest.mark.parametrize("strings_first", [True, False])
@pytest.mark.parametrize("padding", [0, 5 << 20])
@pytest.mark.parametrize("after", [False, True])
def test_code_for_gpus(tmp_path: Path, strings_first: bool, padding: int, after: bool) -> None:
    """It lies before what the loader asks for, or, where a linker script says so, behind."""
    code = fatbin("sm_80", "sm_90a", "compute_90", payload=(1 << 20) + 8)
    if after:
        library = elf(needed=["libc.so.6"], padding=padding, strings_first=strings_first, behind=b"\0" * padding + code)
    else:
        library = elf(needed=["libc.so.6"], padding=padding, strings_first=strings_first, code=code)
    found = read(tmp_path, wheel_of({"a/kernels.so": library, "a/b.so": LIBRARY, "a/data.bin": fatbin("sm_60")}))
    assert found.gpu == Architectures(sass=("8.0", "9.0a"), ptx=("9.0",))
    assert set(found.files) == {"a/kernels.so", "a/b.so"}
    assert found.files["a/kernels.so"].needed == ("libc.so.6",)


def test_what_looks_like_code_for_gpus_and_is_none_costs_little(tmp_path: Path) -> None:
    """All files of a wheel together: what comes after hundreds of thousands of headers is not looked for."""
    headers = struct.pack("<IHHQ", 0xBA55ED50, 1, 16, 0) * 150_000
    files = {"a.so": elf(needed=["liba.so.1"], code=headers), "b.so": elf(code=fatbin("sm_80"))}
    assert read(tmp_path, wheel_of(files)).gpu == Architectures(sass=("8.0",))
    hostile = read(tmp_path, wheel_of({"a.so": files["a.so"], "again.so": files["a.so"], "b.so": files["b.so"]}))
    assert not hostile.gpu
    assert hostile.files["a.so"].needed == ("liba.so.1",)


def test_code_for_gpus_that_is_half_counted_does_not_count(tmp_path: Path) -> None:
    """Else it would be known to run on the GPUs of the first file alone."""
    headers = struct.pack("<IHHQ", 0xBA55ED50, 1, 16, 0) * 300_000
    files = {"a.so": elf(code=fatbin("sm_80")), "b.so": elf(code=fatbin("sm_90") + headers, needed=["libc.so.6"])}
    found = read(tmp_path, wheel_of(files))
    assert not found.gpu
    assert found.files["b.so"].needed == ("libc.so.6",)


def test_code_for_gpus_in_a_file_that_is_cut_short(tmp_path: Path) -> None:
    """The archive says that it is longer."""
    library = elf(needed=["libc.so.6"], behind=fatbin("sm_80") + b"\0" * (9 << 20))
    content = bytearray(wheel_of({"a.so": library}, compression=zipfile.ZIP_STORED))
    size = struct.pack("<I", len(library))
    short = bytes(content).replace(size, struct.pack("<I", len(library) + (50 << 20)))
    found = read(tmp_path, short)
    assert found.files == {}
    assert set(found.unreadable) == {"a.so"}


def test_a_bomb_does_not_go_off(tmp_path: Path) -> None:
    bomb = elf(needed=["libc.so.6"], padding=120 << 20)
    tracemalloc.start()
    content = wheel_of({"a.so": bomb, "b.so": LIBRARY})
    del bomb
    tracemalloc.reset_peak()
    before, _ = tracemalloc.get_traced_memory()
    found = read(tmp_path, content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "far more than its size" in found.unreadable["a.so"]
    assert peak - before < 32 << 20


def test_packed_as_no_wheel_is(tmp_path: Path) -> None:
    found = read(tmp_path, wheel_of({"a.so": LIBRARY}, compression=zipfile.ZIP_LZMA))
    assert found.unreadable == {"a.so": "it is packed as files of wheels are not"}


def test_encrypted(tmp_path: Path) -> None:
    content = bytearray(wheel_of({"a.so": LIBRARY}))
    content[6] |= 1  # the flag in the local header, and that in the directory at the end
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    found = read(tmp_path, bytes(content))
    assert "a.so" in found.unreadable


@pytest.mark.parametrize("content", [b"", b"PK", b"x" * 5000, wheel_of({"a.so": LIBRARY})[:-30]])
def test_no_archive(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(NeveError, match="no archive"):
        read(tmp_path, content)
    with pytest.raises(NeveError, match="no archive"):
        read_wheel(tmp_path / "absent.whl")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 900), st.binary(min_size=1, max_size=6)), max_size=5), st.integers(100, 2000))
def test_no_archive_does_harm(tmp_path: Path, changes: list[tuple[int, bytes]], length: int) -> None:
    content = bytearray(wheel_of({"a.so": LIBRARY, "b/c.so": LIBRARY}))
    for place, data in changes:
        content[place : place + len(data)] = data
    try:
        found = read(tmp_path, bytes(content[:length]))
    except NeveError:
        return
    assert all(name.isprintable() for name in [*found.files, *found.unreadable])


def test_what_was_read_is_kept(tmp_path: Path) -> None:
    gpu = elf(code=fatbin("sm_80", "compute_120"))
    found = read(tmp_path, wheel_of({"a.so": LIBRARY, "broken.so": LIBRARY[:90], "gpu.so": gpu}))
    assert found.gpu
    assert kept_wheel(tmp_path, "ab" * 32) is None
    keep_wheel(tmp_path, "ab" * 32, found)
    assert kept_wheel(tmp_path, "ab" * 32) == found
    place = wheel_place(tmp_path, "ab" * 32)
    for damage in (
        b"",
        b"[]",
        b'{"format": 0, "data": {}}',
        b'{"format": %d, "data": {"files": {"a": {}}}}' % FORMAT,
        b'{"format": %d, "data": {"files": {}, "unreadable": {}}}' % FORMAT,
        b'{"format": %d, "data": {"files": {}, "unreadable": {}, "gpu": {"sass": ["8"], "ptx": []}}}' % FORMAT,
        b"{" * 99999,
    ):
        place.write_bytes(damage)
        assert kept_wheel(tmp_path, "ab" * 32) is None


def test_a_cache_that_cannot_be_written_is_none(tmp_path: Path) -> None:
    (tmp_path / "libraries").write_text("a file")
    keep_wheel(tmp_path, "ab" * 32, WheelFiles(files={}, unreadable={}))
    assert kept_wheel(tmp_path, "ab" * 32) is None


def test_names_that_would_change_a_terminal_are_passed_over(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a\x1b[2Jb.so", LIBRARY[:90])
    assert read(tmp_path, out.getvalue()) == WheelFiles(files={}, unreadable={})
