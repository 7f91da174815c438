from __future__ import annotations

import struct
from pathlib import Path

import pytest

from neve.cuda.architectures import Architectures
from neve.errors import NeveError
from neve.image.gpu_code import image_architectures
from tests.cuda.fatbins import MAGIC, fatbin, with_sections
from tests.image.layouts import layout
from tests.libraries.elves import elf

KERNEL = with_sections(
    elf(needed=["libc.so.6"]), {".nv_fatbin": fatbin("sm_80", "sm_90a"), "__nv_relfatbin": fatbin("compute_80")}
)
HAS = Architectures(sass=("8.0", "9.0a"), ptx=("8.0",))


@pytest.mark.parametrize("compression", ["zstd", "gzip", ""])
def test_an_image(tmp_path: Path, compression: str) -> None:
    """Higher layers replace files of lower ones."""
    below = {"opt/a.so": KERNEL, "opt/b.so": KERNEL, "opt/text": fatbin("sm_60")}
    above = {"opt/b.so": elf(), "usr/c.so": elf(code=fatbin("compute_75"))}
    path = layout(tmp_path, [below, above], compression=compression)
    assert image_architectures(path) == {"opt/a.so": HAS, "usr/c.so": Architectures(ptx=("7.5",))}


def test_a_file_of_which_it_is_not_known(tmp_path: Path) -> None:
    """It hides what lies below, and is no reason to know nothing of the rest of its layer."""
    headers = fatbin("sm_90") + struct.pack("<IHHQ", MAGIC, 1, 16, 0) * 300_000
    path = layout(tmp_path, [{"opt/a.so": KERNEL}, {"opt/a.so": elf(code=headers), "opt/b.so": KERNEL}])
    assert image_architectures(path) == {"opt/b.so": HAS}


def test_a_broken_image(tmp_path: Path) -> None:
    path = layout(tmp_path, [{"a": b"1" * 5000}])
    for blob in (path / "blobs" / "sha256").iterdir():
        if not blob.read_bytes().startswith(b"{"):
            blob.write_bytes(b"broken")
    with pytest.raises(NeveError, match="a layer cannot be read"):
        image_architectures(path)
