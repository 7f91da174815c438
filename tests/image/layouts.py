"""Small OCI layouts, made in the test."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import sys
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from neve.image.layout import CONFIG, INDEX, LAYER, MANIFEST

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# A name and what it is: bytes for a file, text for a symbolic link, None for a directory.
Tree = Mapping[str, bytes | str | None]
APPLETS = ("cat", "echo", "env", "id", "kill", "ls", "pwd", "sh", "sleep", "touch", "tty")


def busybox() -> Tree:
    """A root file system that holds the static busybox and little else."""
    program = shutil.which("busybox")
    if program is None:
        pytest.skip("busybox is not installed (Debian package busybox-static)")
    links: dict[str, bytes | str | None] = {f"usr/bin/{applet}": "busybox" for applet in APPLETS}
    return {
        "usr": None,
        "usr/bin": None,
        "usr/bin/busybox": Path(program).read_bytes(),
        **links,
        "bin": "usr/bin",
        "app": None,
        "app/data": b"data\n",
        "etc": None,
        "etc/passwd": b"root:x:0:0:root:/root:/bin/sh\nserve:x:1234:1235::/home/serve:/bin/sh\n",
        "etc/group": b"root:x:0:\nserve:x:1235:\nother:x:77:\n",
        "tmp": None,
    }


def tar(tree: Tree) -> bytes:
    """The tree as a tar, to the same bytes each time."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in sorted(tree.items()):
            entry = tarfile.TarInfo(name)
            entry.mtime, entry.mode = 1, 0o755
            if content is None:
                entry.type = tarfile.DIRTYPE
                entry.mode = 0o1777 if name == "tmp" else 0o755
            elif isinstance(content, str):
                entry.type, entry.linkname = tarfile.SYMTYPE, content
            else:
                entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content) if isinstance(content, bytes) else None)
    return out.getvalue()


def unpacked(tree: Tree, directory: Path) -> Path:
    """The tree as files under ``directory``, read-only as in a Nix store."""
    for name, content in sorted(tree.items()):
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            path.mkdir(exist_ok=True)
        elif isinstance(content, str):
            path.symlink_to(content)
        else:
            path.write_bytes(content)
            path.chmod(0o555)
    return directory


def blob(directory: Path, data: bytes, media_type: str) -> dict[str, Any]:
    """Store ``data`` as a blob of the layout ``directory``; its descriptor."""
    encoded = hashlib.sha256(data).hexdigest()
    path = directory / "blobs" / "sha256" / encoded
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return {"mediaType": media_type, "digest": f"sha256:{encoded}", "size": len(data)}


def compressed(data: bytes, compression: str) -> bytes:
    """``data`` as the blob of a layer whose media type ends in ``compression``."""
    if compression == "zstd":
        return zstd.compress(data)
    return gzip.compress(data, mtime=0) if compression == "gzip" else data


def layout(
    directory: Path,
    trees: Sequence[Tree],
    *,
    config: Mapping[str, Any] | None = None,
    compression: str = "zstd",
    document: Mapping[str, Any] | None = None,
) -> Path:
    """An OCI layout, one layer a tree; ``config`` is its ``config`` object, ``document`` adds to the file."""
    descriptors, diff_ids = [], []
    for tree in trees:
        data = tar(tree)
        diff_ids.append(f"sha256:{hashlib.sha256(data).hexdigest()}")
        media_type = LAYER + (f"+{compression}" if compression else "")
        descriptors.append(blob(directory, compressed(data, compression), media_type))
    settings = {
        "architecture": "amd64",
        "os": "linux",
        "config": dict(config or {}),
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
        **(document or {}),
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": blob(directory, _json(settings), CONFIG),
        "layers": descriptors,
    }
    write_index(directory, [blob(directory, _json(manifest), MANIFEST)])
    return directory


def index_of(directory: Path, trees: Mapping[str, Sequence[Tree]], **settings: Any) -> Path:
    """A layout of one index of images, by architecture."""
    manifests = []
    for architecture, layers in trees.items():
        layout(directory, layers, document={"architecture": architecture}, **settings)
        [manifest] = json.loads((directory / "index.json").read_text())["manifests"]
        manifests.append({**manifest, "platform": {"architecture": architecture, "os": "linux"}})
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests}
    write_index(directory, [blob(directory, _json(index), INDEX)])
    return directory


def write_index(directory: Path, manifests: Sequence[Mapping[str, Any]]) -> None:
    """Write the files that make ``directory`` a layout of ``manifests``."""
    (directory / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": list(manifests)}
    (directory / "index.json").write_text(json.dumps(index))


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True).encode()
