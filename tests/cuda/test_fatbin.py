from __future__ import annotations

import itertools
import os
import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neve.cuda.architectures import Architectures
from neve.cuda.fatbin import Effort, Fatbins, Tally
from tests.cuda.fatbins import MAGIC as NUMBER
from tests.cuda.fatbins import container, entry, fatbin

MAGIC = struct.pack("<I", NUMBER)


def read(data: bytes, chunk: int = 1 << 20) -> Architectures:
    found = Fatbins(Effort())
    for place in range(0, len(data), chunk):
        found.feed(place, data[place : place + chunk])
    return counted(found).architectures


def counted(found: Fatbins) -> Tally:
    assert found.tally is not None
    return found.tally


MANY = fatbin("sm_75", "sm_80", "compute_80", "sm_90a", "compute_90a", "sm_90", "sm_100f", "compute_100f", "sm_120")
ALL = Architectures(sass=("7.5", "8.0", "9.0", "9.0a", "10.0f", "12.0"), ptx=("8.0", "9.0a", "10.0f"))


@pytest.mark.parametrize("chunk", [1, 3, 7, 16, 47, 64, 100, 4096])
def test_wherever_it_is_cut(chunk: int) -> None:
    assert read(b"\1" * 37 + MANY + b"\0" * 5 + fatbin("sm_86", payload=0) + b"\2" * 11, chunk) == Architectures(
        sass=("7.5", "8.0", "8.6", "9.0", "9.0a", "10.0f", "12.0"), ptx=ALL.ptx
    )


def test_headers_of_other_sizes() -> None:
    """Later architectures have longer ones."""
    mixed = container(entry("sm_90") + entry("sm_103a", header=112) + entry("compute_120", header=80, payload=264))
    assert read(mixed) == Architectures(sass=("9.0", "10.3a"), ptx=("12.0",))


def test_what_must_be_linked_first_is_no_code_yet() -> None:
    """Entries of kind 8 are what nvcc makes for optimization when it links."""
    assert read(container(entry("sm_80", kind=8) + entry("sm_90"))) == Architectures(sass=("9.0",))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        MAGIC,
        MAGIC * 1000,
        MANY[:40],
        struct.pack("<IHHQ", 0xBA55ED50, 1, 16, 1 << 63) + MANY[16:],  # its size is more than there is
        struct.pack("<IHHQ", 0xBA55ED50, 2, 16, len(MANY) - 16) + MANY[16:],  # another version
        struct.pack("<IHHQ", 0xBA55ED50, 1, 24, len(MANY) - 16) + MANY[16:],
        struct.pack("<IHHQ", 0xBA55ED50, 1, 16, len(MANY) - 17) + MANY[16:],  # its entries are more than fill it
        struct.pack("<IHHQ", 0xBA55ED50, 1, 16, len(MANY) + 8) + MANY[16:] + b"\0" * 24,  # and less
        container(entry("sm_80", header=64)[:4] + b"\0" * 200),  # an entry's header of no size
        container(entry("sm_5")),
        container(entry("sm_99999")),
    ],
)
@pytest.mark.parametrize("chunk", [13, 1 << 20])
def test_what_is_none(data: bytes, chunk: int) -> None:
    assert not read(data, chunk)
    # What follows is found all the same, unless it lies in what the broken one says is its own.
    if struct.pack("<Q", 1 << 63) not in data and len(data) % 8 == 0 and len(data) < len(MANY):
        assert read(data + fatbin("sm_86"), chunk) == Architectures(sass=("8.6",))


def test_payloads_are_passed_over() -> None:
    """A reader that can seek need not read them, and what is in them does not count."""
    nested = fatbin("sm_60")
    outer = container(entry("sm_80", payload=len(nested))[:64] + nested + entry("sm_90", payload=1 << 20))
    assert read(outer) == Architectures(sass=("8.0", "9.0"))
    fatbins = Fatbins(Effort())
    place = reads = 0
    while place < len(outer):
        fatbins.feed(place, outer[place : place + 64])
        place = max(fatbins.wants, place + 64)
        reads += 1
    assert counted(fatbins).architectures == Architectures(sass=("8.0", "9.0"))
    assert reads < 10


def test_what_was_fed_before_is_passed_over() -> None:
    fatbins = Fatbins(Effort())
    fatbins.feed(0, MANY[:300])
    fatbins.feed(0, MANY[:100])
    fatbins.feed(200, MANY[200:])
    assert counted(fatbins).architectures == ALL


def test_what_hardly_any_has_does_not_count() -> None:
    """As in PyTorch, whose kernels have no PTX but two."""
    kernels = fatbin("sm_80", "sm_90", payload=8) * 300
    rare = fatbin("sm_70", "sm_90", "compute_90") * 2
    assert read(kernels + rare) == Architectures(sass=("8.0", "9.0"))
    assert read(kernels + rare * 2) == Architectures(sass=("7.0", "8.0", "9.0"), ptx=("9.0",))
    # PTX stands in for machine code: much of it makes no machine code rare.
    many = fatbin("compute_75", payload=8) * 900 + fatbin("sm_80") * 3
    assert read(many) == Architectures(sass=("8.0",), ptx=("7.5",))


def test_files_of_one_wheel_together() -> None:
    kernels, other, none = Fatbins(Effort()), Fatbins(Effort()), Fatbins(Effort())
    kernels.feed(0, fatbin("sm_80", "compute_80") * 300)
    other.feed(0, fatbin("sm_75", "sm_90a"))
    none.feed(0, container(entry("sm_80", kind=8)) * 5000)
    assert counted(other).architectures == Architectures(sass=("7.5", "9.0a"))
    counted(kernels).add(counted(other))
    counted(kernels).add(counted(none))
    assert counted(kernels).architectures == Architectures(sass=("8.0",), ptx=("8.0",))


def test_a_gap_in_a_fat_binary_ends_it() -> None:
    fatbins = Fatbins(Effort())
    fatbins.feed(0, MANY[:70])
    fatbins.feed(180, MANY[180:] + fatbin("sm_50"))
    assert counted(fatbins).architectures == Architectures(sass=("5.0",))


@given(
    st.lists(st.sampled_from([MAGIC, MANY, MANY[:80], MANY[:16], b"\0" * 8, fatbin("sm_86")]) | st.binary()),
    st.lists(st.integers(1, 200), min_size=1),
)
def test_however_it_is_fed_the_same_is_found(parts: list[bytes], sizes: list[int]) -> None:
    data = b"".join(parts)
    whole = read(data)
    fatbins, place = Fatbins(Effort()), 0
    for size in itertools.cycle(sizes):
        if place >= len(data):
            break
        fatbins.feed(place, data[place : place + size])
        place += size
    assert counted(fatbins).architectures == whole


@given(st.lists(st.tuples(st.integers(0, len(MANY) - 1), st.binary(min_size=1, max_size=9)), max_size=6))
def test_no_damage_does_harm(changes: list[tuple[int, bytes]]) -> None:
    data = bytearray(MANY)
    for place, value in changes:
        data[place : place + len(value)] = value
    assert len(read(bytes(data), 50).sass) < 20


START = MAGIC + struct.pack("<HH", 1, 16)


@pytest.mark.parametrize(
    "hostile",
    [
        START,  # starts that cannot be
        container(b"\1" * 64),  # what has no entries
        container(entry("sm_80", payload=0)),  # what has no code
        container(entry("sm_80", payload=0) * 99),
    ],
)
@pytest.mark.parametrize("chunk", [100, 1 << 20])
def test_it_gives_up_where_there_is_little_but_headers(hostile: bytes, chunk: int) -> None:
    effort = Effort(1000)
    fatbins = Fatbins(effort)
    data = MANY + hostile * 2000
    for place in range(0, len(data), chunk):
        fatbins.feed(place, data[place : place + chunk])
    assert fatbins.tally is None
    assert fatbins.wants > len(data)
    assert effort.left == 0
    other = Fatbins(effort)
    other.feed(0, MANY)
    assert other.tally is None


KERNEL = """
__global__ void add(float *a) { a[threadIdx.x] += 1.f; }
int main() { add<<<1, 32>>>(nullptr); return cudaDeviceSynchronize(); }
"""
TOOLKIT = [f"nvidia-{name}==13.2.*" for name in ("cuda-nvcc", "nvvm", "cuda-crt", "cuda-runtime", "cuda-cuobjdump")]
GENCODE = [
    *("arch=compute_75,code=sm_75", "arch=compute_80,code=[sm_80,compute_80]", "arch=compute_90,code=sm_90"),
    *("arch=compute_90a,code=[sm_90a,compute_90a]", "arch=compute_103a,code=sm_103a"),
    "arch=compute_120,code=[sm_120,compute_120]",
]


@pytest.mark.network
@pytest.mark.skipif(sys.platform != "linux" or shutil.which("g++") is None, reason="no host compiler")
def test_the_same_as_cuobjdump_lists(tmp_path: Path) -> None:
    """NVIDIA's own compiler and tool, as their wheels hold them; compressed and not, linked and relocatable."""
    uv = Path(sys.executable).with_name("uv")
    at = tmp_path / "at"
    patient = {**os.environ, "UV_HTTP_RETRIES": "10", "UV_SYSTEM_CERTS": "true"}  # as neve calls it
    subprocess.run([uv, "pip", "install", "-q", "--no-deps", "--target", at, *TOOLKIT], check=True, env=patient)
    cuda = at / "nvidia" / "cu13"
    for program in (cuda / "bin").rglob("*"):
        program.chmod(0o755)
    (cuda / "nvvm" / "bin" / "cicc").chmod(0o755)
    (cuda / "lib64").symlink_to("lib")
    source = tmp_path / "kernel.cu"
    source.write_text(KERNEL)
    environment = {**os.environ, "PATH": f"{cuda / 'bin'}:{os.environ['PATH']}"}
    tree = tmp_path / "tree"
    tree.mkdir()
    gencode = [word for each in GENCODE for word in ("-gencode", each)]
    for name, options in {"plain": [], "none": ["-no-compress"], "size": ["--compress-mode", "size"]}.items():
        subprocess.run(["nvcc", *gencode, *options, "-o", str(tree / name), str(source)], check=True, env=environment)
    subprocess.run(["nvcc", "-rdc=true", *gencode, "-o", tree / "rdc", source], check=True, env=environment)
    for name in ("plain", "none", "size", "rdc"):
        has = read((tree / name).read_bytes())
        listed = subprocess.run(
            ["cuobjdump", "-all", "-lelf", "-lptx", tree / name],
            check=True,
            capture_output=True,
            text=True,
            env=environment,
        ).stdout
        entries = re.findall(r"\.sm_([0-9]+)([0-9])([af]?)\.(cubin|ptx)$", listed, re.MULTILINE)
        assert set(has.sass) == {f"{a}.{b}{kind}" for a, b, kind, what in entries if what == "cubin"}
        assert set(has.ptx) == {f"{a}.{b}{kind}" for a, b, kind, what in entries if what == "ptx"}
        assert has.sass == ("7.5", "8.0", "9.0", "9.0a", "10.3a", "12.0")
