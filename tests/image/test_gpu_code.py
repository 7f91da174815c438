from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from neve.cuda.architectures import Architectures
from neve.errors import NeveError
from neve.image.gpu_code import image_architectures, tree_architectures
from tests.cuda.fatbins import fatbin, with_sections
from tests.image.layouts import layout
from tests.libraries.elves import elf

KERNEL = with_sections(
    elf(needed=["libc.so.6"]), {".nv_fatbin": fatbin("sm_80", "sm_90a"), "__nv_relfatbin": fatbin("compute_80")}
)
HAS = Architectures(sass=("8.0", "9.0a"), ptx=("8.0",))


def test_a_tree(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "kernel.so").write_bytes(KERNEL)
    (tmp_path / "lib" / "link.so").symlink_to("kernel.so")
    (tmp_path / "plain.so").write_bytes(with_sections(elf(), {".text": fatbin("sm_50")}))
    (tmp_path / "kernel.txt").write_bytes(fatbin("sm_60"))
    (tmp_path / "short").write_bytes(KERNEL[:40])
    (tmp_path / "broken.so").write_bytes(KERNEL[:-80])
    assert tree_architectures(tmp_path) == {"lib/kernel.so": HAS}
    assert tree_architectures(tmp_path / "absent") == {}


def test_a_file_without_sections(tmp_path: Path) -> None:
    """strip may take their table: then all that is loaded is looked at."""
    (tmp_path / "kernel.so").write_bytes(elf(needed=["libc.so.6"], code=fatbin("sm_120", payload=20_000)))
    assert tree_architectures(tmp_path) == {"kernel.so": Architectures(sass=("12.0",))}


def test_of_a_large_file_only_headers_are_read(tmp_path: Path) -> None:
    with (tmp_path / "large.so").open("wb") as file:
        file.write(KERNEL)
        file.truncate(4 << 30)
    tracemalloc.start()
    assert tree_architectures(tmp_path) == {"large.so": HAS}
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 20


@pytest.mark.parametrize("compression", ["zstd", "gzip", ""])
def test_an_image(tmp_path: Path, compression: str) -> None:
    """Higher layers replace files of lower ones."""
    below = {"opt/a.so": KERNEL, "opt/b.so": KERNEL, "opt/text": fatbin("sm_60")}
    above = {"opt/b.so": elf(), "usr/c.so": elf(code=fatbin("compute_75"))}
    path = layout(tmp_path, [below, above], compression=compression)
    assert image_architectures(path) == {"opt/a.so": HAS, "usr/c.so": Architectures(ptx=("7.5",))}


def test_a_broken_image(tmp_path: Path) -> None:
    path = layout(tmp_path, [{"a": b"1" * 5000}])
    for blob in (path / "blobs" / "sha256").iterdir():
        if not blob.read_bytes().startswith(b"{"):
            blob.write_bytes(b"broken")
    with pytest.raises(NeveError, match="a layer cannot be read"):
        image_architectures(path)
