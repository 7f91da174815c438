from __future__ import annotations

import sys
import sysconfig
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neve.libraries.elf import Elf, ElfError, loaded_size, parse_elf
from tests.libraries.elves import Bytes, elf

NAMES = st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1, max_size=40)


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("little", [True, False])
@pytest.mark.parametrize("strings_first", [True, False])
def test_what_the_loader_is_told(bits: int, little: bool, strings_first: bool) -> None:
    data = elf(
        needed=["libGL.so.1", "libc.so.6"],
        soname="libQt6Gui.so.6",
        runpath="$ORIGIN/../lib:/opt/lib",
        versions={"libc.so.6": ["GLIBC_2.34", "GLIBC_2.2.5"], "libm.so.6": ["GLIBC_2.29"]},
        bits=bits,
        little=little,
        machine=183,
        padding=100_000,
        strings_first=strings_first,
    )
    assert parse_elf(Bytes(data)) == Elf(
        bits=bits,
        little=little,
        machine=183,
        soname="libQt6Gui.so.6",
        needed=("libGL.so.1", "libc.so.6"),
        runpath=("$ORIGIN/../lib", "/opt/lib"),
        versions=("GLIBC_2.2.5", "GLIBC_2.29", "GLIBC_2.34"),
    )


def test_versions_that_are_far_are_left_out() -> None:
    found = parse_elf(Bytes(elf(needed=["libc.so.6"], versions={"libc.so.6": ["GLIBC_2.34"]}), far=True))
    assert (found.needed, found.versions) == (("libc.so.6",), ())


def test_a_program_and_a_static_file() -> None:
    assert parse_elf(Bytes(elf(program=True))).program
    assert not parse_elf(Bytes(elf())).program
    static = bytearray(elf())
    static[56:58] = b"\0\0"  # no segments
    assert parse_elf(Bytes(bytes(static))) == Elf(bits=64, little=True, machine=62)


def test_this_interpreter() -> None:
    """A file that a real linker made needs a C library."""
    folder = Path(sysconfig.get_config_var("DESTSHARED") or "")
    real = next(iter([*folder.glob("*.so"), Path(sys.executable).resolve()]))
    assert any(name.startswith("libc.") for name in parse_elf(Bytes(real.read_bytes())).needed)


@pytest.mark.parametrize(
    ("place", "content", "why"),
    [
        (4, b"\x03", "class"),
        (5, b"\x00", "byte order"),
        (32, b"\xff" * 8, "cut short"),  # e_phoff
        (54, b"\x01\x00", "segments"),  # e_phentsize
        (54, b"\x01\x01", "segments"),
        (56, b"\xff\xff", "segments"),  # e_phnum
        (64 + 56 + 8, b"\xff" * 8, "cut short"),  # p_offset of the dynamic section
        (64 + 56 + 32, b"\xff\xff\xff\x7f", "too long"),  # its p_filesz
        (64 + 16, b"\xff" * 8, "in no segment"),  # p_vaddr of what is loaded
    ],
)
def test_fields_that_lie(place: int, content: bytes, why: str) -> None:
    data = bytearray(elf(needed=["libc.so.6"]))
    data[place : place + len(content)] = content
    with pytest.raises(ElfError, match=why):
        parse_elf(Bytes(bytes(data)))


@pytest.mark.parametrize("name", ["lib\nc.so", "lib\x1b[31m.so", "x" * 5000])
def test_names_that_no_library_has(name: str) -> None:
    with pytest.raises(ElfError, match="name"):
        parse_elf(Bytes(elf(needed=[name])))
    with pytest.raises(ElfError, match="no text"):
        parse_elf(Bytes(elf(needed=["libc.so.6"]).replace(b"libc.so.6", b"libc\xff\xfe\xff.6")))


def test_too_many_names() -> None:
    with pytest.raises(ElfError, match="outside of their table"):
        parse_elf(Bytes(elf(needed=[f"lib{number}.so" for number in range(5000)])))


def test_a_ring_of_versions_ends() -> None:
    data = elf(needed=["libc.so.6"], versions={"libc.so.6": ["GLIBC_2.34"], "libm.so.6": ["GLIBC_2.29"]})
    place = data.index(b"\x01\x00\x01\x00")
    for link in (0, 1, 16, 0xFFFFFFFF):  # vn_next of the first, and vna_next
        for field in (12, 28):
            changed = data[: place + field] + link.to_bytes(4, "little") + data[place + field + 4 :]
            assert parse_elf_or_none(changed) is None or parse_elf(Bytes(changed)).needed == ("libc.so.6",)


def parse_elf_or_none(data: bytes) -> Elf | None:
    try:
        return parse_elf(Bytes(data))
    except ElfError:
        return None


@given(st.lists(NAMES, max_size=8, unique=True), st.none() | NAMES, st.sampled_from([32, 64]), st.booleans())
def test_every_name_comes_back(needed: list[str], soname: str | None, bits: int, little: bool) -> None:
    found = parse_elf(Bytes(elf(needed=needed, soname=soname, bits=bits, little=little)))
    assert (found.needed, found.soname) == (tuple(needed), soname)


@given(st.binary(max_size=400), st.booleans())
def test_no_bytes_do_harm(data: bytes, begins_well: bool) -> None:
    parse_elf_or_none(b"\x7fELF" + data if begins_well else data)


@given(
    st.integers(0, 2000),
    st.lists(st.tuples(st.integers(0, 600), st.binary(min_size=1, max_size=8)), max_size=4),
    st.sampled_from([32, 64]),
)
def test_no_change_and_no_cut_does_harm(length: int, changes: list[tuple[int, bytes]], bits: int) -> None:
    data = bytearray(elf(needed=["libc.so.6", "libm.so.6"], versions={"libc.so.6": ["GLIBC_2.34"]}, bits=bits))
    for place, content in changes:
        data[place : place + len(content)] = content
    found = parse_elf_or_none(bytes(data[:length]))
    assert found is None or len(found.needed) <= 4096


def test_where_its_program_ends() -> None:
    data = elf(needed=["libc.so.6"], padding=5000)
    assert loaded_size(Bytes(data + b"debugging information")) == len(data)
    assert loaded_size(Bytes(data[:4000])) == 4000
    with pytest.raises(ElfError):
        loaded_size(Bytes(data[:100]))
