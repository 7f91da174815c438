"""The Contents indexes of a mirror on loopback."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neve.bases.debian import contents
from neve.bases.debian.contents import Contents, load_contents
from neve.errors import NeveError
from neve.fetch import Fetcher
from neve.progress import Silent
from tests.bases.debian.archive import stanza
from tests.world import World

AMD64 = b"""\
bin/ed                                              editors/ed
lib/x86_64-linux-gnu/libold.so.1                    libs/libold1
usr/bin/gcc                                         devel/gcc,non-free/devel/othergcc-dev
usr/bin/mpicc                                       devel/mpich,libdevel/libopenmpi-dev
usr/include/python3.13/Python.h                     libdevel/libpython3.13-dev
usr/include/tbox/zlib.h                             libdevel/libtbox-dev
usr/include/x86_64-linux-gnu/ffi.h\t\tlibdevel/libffi-dev
usr/include/zlib.h                                  libdevel/zlib1g-dev
usr/lib/gcc-cross/aarch64-linux-gnu/14/libgcc_s.so.1  devel/gcc-14-aarch64-linux-gnu
usr/lib/gimp/2.0/libGL.so.1                         graphics/gimp
usr/lib/x86_64-linux-gnu/libGL.so                   libdevel/libgl-dev
usr/lib/x86_64-linux-gnu/libGL.so.1                 non-free/libs/libgl1-nvidia,libs/libgl1,debug/libgl1-dbg,libs/a-gl
usr/lib/x86_64-linux-gnu/libasound.so.2             libs/liboss4-salsa-asound2,libs/libasound2t64
usr/lib/x86_64-linux-gnu/libglib-2.0.so.0           libs/libglib2.0-0t64
usr/share/a file with blanks/x.so                   misc/x
usr/share/doc/libgl1/copyright                      libs/libgl1
"""
ALL = b"""\
usr/bin/meson                                       devel/meson
usr/include/eigen3/Eigen/Dense                      libdevel/libeigen3-dev
"""


def publish(world: World, archive: str = "trixie", root: str = "/debian", **indexes: bytes) -> None:
    """Add the indexes ``Contents-NAME`` to an archive, and sign them."""
    lines, text = "", ""
    for name, content in indexes.items():
        packed = gzip.compress(content, mtime=0)
        for path, data in {f"main/Contents-{name}": content, f"main/Contents-{name}.gz": packed}.items():
            lines += f" {hashlib.sha256(data).hexdigest()} {len(data)} {path}\n"
        world.server.files[f"{root}/dists/{archive}/main/Contents-{name}.gz"] = packed
    packages = stanza("a").encode()
    lines += f" {hashlib.sha256(packages).hexdigest()} {len(packages)} main/binary-amd64/Packages\n"
    text = f"Codename: {archive}\nSHA256:\n{lines}"
    world.server.files[f"{root}/dists/{archive}/InRelease"] = world.archive.signed(text)


def load(world: World, *, offline: bool = False) -> Contents | None:
    fetcher = Fetcher(world.home / "fetched", Silent(), offline=offline)
    return load_contents("trixie", "amd64", world.mirrors, fetcher, Silent())


@pytest.fixture
def found(world: World) -> Contents:
    publish(world, amd64=AMD64, all=ALL)
    loaded = load(world)
    assert loaded is not None
    return loaded


def test_the_library_of_the_packages_own_name_comes_first(found: Contents) -> None:
    assert found.providers_of_library("libGL.so.1") == ("libgl1", "a-gl", "libgl1-nvidia")
    assert found.providers_of_library("libasound.so.2") == ("libasound2t64", "liboss4-salsa-asound2")
    assert found.providers_of_library("libglib-2.0.so.0") == ("libglib2.0-0t64",)
    assert found.providers_of_library("libold.so.1") == ("libold1",)


def test_what_the_loader_does_not_find_does_not_count(found: Contents) -> None:
    assert found.providers_of_library("libgcc_s.so.1") == ()
    assert found.providers_of_library("libGL.so") == ()  # the headers' link
    for name in ("x.so", "copyright", "../libGL.so.1", "libGL.so.1\n", "", "lib.*", "L.so.1"):
        assert found.providers_of_library(name) == ()


def test_headers_and_programs(found: Contents) -> None:
    assert found.providers_of_header("zlib.h") == ("zlib1g-dev", "libtbox-dev")
    assert found.provider_of_header("ffi.h") == "libffi-dev"
    assert found.provider_of_header("python3.13/Python.h") == "libpython3.13-dev"
    assert found.provider_of_header("nothing.h") is None
    assert found.providers_of_program("gcc") == ("gcc", "othergcc-dev")
    assert found.provider_of_program("ed") == "ed"
    assert found.providers_of_program("mpicc") == ("mpich", "libopenmpi-dev")
    assert found.provider_of_program("c") is None
    assert found.packages_with("libGL.so.1") == ("a-gl", "libgl1", "libgl1-dbg", "libgl1-nvidia")


def test_what_is_for_all_architectures_is_asked_for_last(world: World, found: Contents) -> None:
    asked = [path for path in world.server.seen if "Contents-all" in str(path)]
    assert asked == []
    assert found.provider_of_header("Eigen/Dense") == "libeigen3-dev"
    assert found.provider_of_program("meson") == "meson"
    asked = [path for path in world.server.seen if "Contents-all" in str(path)]
    assert len(asked) == 1


def test_it_is_kept_and_read_again_without_a_server(world: World, found: Contents) -> None:
    again = load(world, offline=True)
    assert again is not None
    assert again.providers_of_library("libGL.so.1") == found.providers_of_library("libGL.so.1")
    assert again.provider_of_header("zlib.h") == "zlib1g-dev"
    assert again.provider_of_program("meson") is None  # offline, and nobody has asked for it before
    assert not list((world.home / "fetched").rglob("Contents-*.gz"))


def test_a_newer_index_takes_the_place_of_the_old(world: World, found: Contents) -> None:
    publish(world, amd64=AMD64 + b"usr/lib/x86_64-linux-gnu/libnew.so.1  libs/libnew1\n")
    newer = load(world)
    assert newer is not None
    assert newer.provider_of_header("zlib.h") == "zlib1g-dev"
    assert newer.providers_of_library("libnew.so.1") == ("libnew1",)
    assert found.providers_of_library("libnew.so.1") == ()  # what is open stays
    assert len(list((world.home / "fetched/debian/contents/trixie-amd64").iterdir())) == 1


def test_security_updates_count_too(world: World) -> None:
    publish(world, amd64=AMD64)
    publish(
        world,
        archive="trixie-security",
        root="/debian-security",
        amd64=b"usr/lib/x86_64-linux-gnu/libfix.so.1  libs/libfix1\n",
    )
    loaded = load(world)
    assert loaded is not None
    assert loaded.providers_of_library("libfix.so.1") == ("libfix1",)
    assert loaded.providers_of_library("libold.so.1") == ("libold1",)


def test_a_mirror_without_any(world: World) -> None:
    assert load(world) is None


def test_a_mirror_that_does_not_carry_what_it_lists(world: World) -> None:
    publish(world, amd64=AMD64)
    del world.server.files["/debian/dists/trixie/main/Contents-amd64.gz"]
    assert load(world) is None


class Telling(Silent):
    """What a user sees of it."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def stage(self, text: str) -> None:
        self.told.append(text)

    def finish(self, key: str, *, failed: bool = False) -> None:
        self.told.append(f"{key} failed" if failed else key)


@pytest.mark.parametrize("served", [None, b"an older one"])
def test_updates_without_what_they_list_are_passed_over_in_silence(world: World, served: bytes | None) -> None:
    publish(world, amd64=AMD64, all=ALL)
    publish(world, archive="trixie-updates", amd64=AMD64, all=ALL)
    file = "/debian/dists/trixie-updates/main/Contents-all.gz"
    if served is None:
        del world.server.files[file]
    else:
        world.server.files[file] = served
    progress = Telling()
    fetcher = Fetcher(world.home / "fetched", progress)
    loaded = load_contents("trixie", "amd64", world.mirrors, fetcher, progress)
    assert loaded is not None
    assert loaded.provider_of_program("meson") == "meson"
    assert not [line for line in progress.told if "goes without" in line or line.endswith(" failed")]


def test_an_index_that_is_another(world: World) -> None:
    publish(world, amd64=AMD64)
    world.server.files["/debian/dists/trixie/main/Contents-amd64.gz"] = gzip.compress(AMD64 + b"x")
    with pytest.raises(NeveError):
        load(world)


def test_offline_and_not_there(world: World) -> None:
    publish(world, amd64=AMD64)
    with pytest.raises(NeveError, match="not in the cache"):
        load(world, offline=True)


@pytest.mark.parametrize("data", [b"", b"no gzip", gzip.compress(AMD64)[:-20], gzip.compress(AMD64)[:40]])
def test_no_gzip(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "Contents.gz").write_bytes(data)
    with pytest.raises(NeveError, match="cannot be decompressed"):
        list(contents._text(tmp_path / "Contents.gz"))


def test_several_parts(tmp_path: Path) -> None:
    (tmp_path / "Contents.gz").write_bytes(gzip.compress(b"a b\n") + gzip.compress(b"c d\n"))
    assert b"".join(contents._text(tmp_path / "Contents.gz")) == b"a b\nc d\n"


PATHS = st.sampled_from(
    [
        "usr/lib/x86_64-linux-gnu/libx.so.1",
        "usr/lib/liby.so",
        "lib/x86_64-linux-gnu/libz.so.1.2",
        "usr/lib/x86_64-linux-gnu/sub/libx.so.1",
        "usr/lib/libx.sox",
        "usr/lib/libx.so.",
        "usr/include/a/b.h",
        "usr/include/",
        "usr/bin/p",
        "usr/sbin/q",
        "bin/r",
        "usr/bin/s/t",
        "usr/binx/u",
        "usr/share/doc/libx.so.1",
        "xusr/bin/v",
    ]
)


def by_lines(data: bytes) -> list[tuple[bytes, bytes]]:
    """What is kept, told slowly: one line after another."""
    found = []
    for line in data.split(b"\n"):
        path, _, rest = line.replace(b"\t", b" ").partition(b" ")
        parts = path.split(b"/")
        at_root = parts[1:] if parts[0] == b"usr" else parts
        program = len(at_root) == 2 and at_root[0] in (b"bin", b"sbin") and bool(at_root[1])
        header = parts[0] == b"usr" and at_root[0] == b"include" and len(path) > len(b"usr/include/")
        folder, name = at_root[:-1], at_root[-1]
        placed = folder == [b"lib"] or (len(folder) == 2 and folder[0] == b"lib" and folder[1].endswith(b"-linux-gnu"))
        stem, dot, after = name.partition(b".so")
        library = placed and bool(stem) and bool(dot) and (not after or after.startswith(b"."))
        if (program or header or library) and rest.split():
            found.append((path, rest.split()[0]))
    return found


@given(
    st.lists(st.tuples(PATHS, st.sampled_from([" ", "\t", "      ", " \t "]), st.sampled_from(["a/b", "a/b,c/d", ""]))),
    st.integers(1, 50),
)
def test_nothing_is_lost_at_the_edges_of_blocks(lines: list[tuple[str, str, str]], size: int) -> None:
    data = "".join("".join(line) + "\n" for line in lines).encode()
    blocks = iter([data[place : place + size] for place in range(0, len(data), size)])
    assert sorted(contents._wanted(blocks)) == sorted(by_lines(data))


@given(st.binary(max_size=300), st.integers(1, 40))
def test_no_bytes_do_harm(data: bytes, size: int) -> None:
    blocks = iter([data[place : place + size] for place in range(0, len(data), size)])
    assert all(path and packages for path, packages in contents._wanted(blocks))
