"""A view of a layout that other programs take: one image or index, under a path without odd characters."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from neve.files import explained
from neve.image.layout import INDEX, Descriptor, Layout

STAGED = "image"
_REF_NAME = "org.opencontainers.image.ref.name"
_CONTAINERD_NAME = "io.containerd.image.name"


@contextmanager
def staged(layout: Layout, descriptor: Descriptor, name: str | None = None) -> Iterator[Path]:
    """A temporary layout of ``descriptor`` alone, an image or an index of images, called ``name``; its blobs are a link
    to the layout's.

    Its directory is called ``image``, in a temporary one.
    ``oci:PATH`` cannot express a path with a colon, and takes no layout of several images.
    """
    entry: dict[str, object] = {
        "mediaType": descriptor.media_type,
        "digest": descriptor.digest,
        "size": descriptor.size,
    }
    if name:
        # podman reads the first, docker with containerd's store the second.
        entry["annotations"] = {_REF_NAME: name, _CONTAINERD_NAME: name}
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [entry]}
    with explained("create a temporary directory", Path(tempfile.gettempdir())):
        temporary = tempfile.TemporaryDirectory(prefix="neve-")
    with temporary:
        path = Path(temporary.name, STAGED)
        with explained("write a temporary file", path):
            path.mkdir()
            (path / "blobs").symlink_to((layout.path / "blobs").resolve())
            (path / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
            (path / "index.json").write_text(json.dumps(index))
        yield path


__all__ = ["STAGED", "staged"]
