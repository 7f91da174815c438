from __future__ import annotations

import json
from pathlib import Path

import pytest

from neve.errors import ManyErrors, NeveError
from neve.image.check import check
from neve.image.layout import MANIFEST, Layout
from tests.image.layouts import blob, layout, write_index


@pytest.mark.parametrize("compression", ["zstd", "gzip", ""])
def test_a_good_layout(tmp_path: Path, compression: str) -> None:
    path = layout(tmp_path, [{"a": b"x" * 3_000_000}, {"b": b"2"}], compression=compression)
    assert check(path) == Layout(path).image()


def test_all_problems_are_shown_together(tmp_path: Path) -> None:
    path = layout(tmp_path, [{"a": b"1"}, {"b": b"2"}, {"c": b"3"}])
    longer, changed, missing = (path / "blobs" / "sha256" / digest for digest in _layers(path))
    longer.write_bytes(longer.read_bytes() + b"\0")
    data = bytearray(changed.read_bytes())
    data[-1] ^= 1
    changed.write_bytes(data)
    missing.unlink()
    with pytest.raises(ManyErrors) as caught:
        check(path)
    text = str(caught.value)
    assert len(caught.value.errors) == 3
    assert "bytes," in text
    assert "its digest is sha256:" in text
    assert "No such file" in text


@pytest.mark.parametrize("compression", ["zstd", "gzip"])
def test_a_layer_that_is_not_what_it_says(tmp_path: Path, compression: str) -> None:
    path = layout(tmp_path, [{"a": b"1"}], compression=compression)
    image = Layout(path).image()
    other = blob(path, b"not compressed at all", image.layers[0].descriptor.media_type)
    manifest = {**image.manifest, "layers": [other]}
    write_index(path, [blob(path, json.dumps(manifest).encode(), MANIFEST)])
    with pytest.raises(NeveError) as caught:
        check(path)
    assert f"it is not application/vnd.oci.image.layer.v1.tar+{compression}" in str(caught.value)


def test_another_diff_id(tmp_path: Path) -> None:
    first = layout(tmp_path, [{"a": b"1"}])
    config = Layout(first).image().manifest["config"]
    layout(tmp_path, [{"a": b"2"}])
    manifest = {**Layout(tmp_path).image().manifest, "config": config}
    write_index(tmp_path, [blob(tmp_path, json.dumps(manifest).encode(), MANIFEST)])
    with pytest.raises(NeveError, match="is broken") as caught:
        check(tmp_path)
    assert "its diff_id is" in str(caught.value)


def _layers(path: Path) -> list[str]:
    return [layer.descriptor.digest.partition(":")[2] for layer in Layout(path).image().layers]
