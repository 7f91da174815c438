"""Write an image as one tar that docker and podman load: the closure of its contents, and a layer over it."""

import argparse
import hashlib
import io
import json
import os
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, cast

EPOCH = 1


class Hashing:
    """A file that hashes what is written to it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        """Write and hash."""
        self.digest.update(data)
        return self.file.write(data)


def forget(tar: tarfile.TarFile) -> None:
    """Let the next file be no hard link to one before it: which files of a store are one is its own affair."""
    vars(tar)["inodes"] = {}


def closure_layer(file: IO[bytes], paths: Sequence[str], owner: Sequence[str]) -> str:
    """Write the store paths as a tar of theirs; the digest."""
    uid, gid, uname, gname = owner

    def settled(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid, entry.gid, entry.uname, entry.gname = int(uid), int(gid), uname, gname
        entry.mtime = EPOCH
        return entry

    out = Hashing(file)
    with tarfile.open(fileobj=cast("IO[bytes]", out), mode="w|", format=tarfile.GNU_FORMAT) as tar:
        for name in ("nix", "nix/store"):
            entry = settled(tarfile.TarInfo(name))
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(entry)
        for path in paths:
            for place, directories, files in os.walk(path):
                directories.sort()
                links = [name for name in directories if Path(place, name).is_symlink()]
                tar.add(place, place.lstrip("/"), recursive=False, filter=settled)
                for name in sorted([*files, *links]):
                    forget(tar)
                    tar.add(f"{place}/{name}", f"{place}/{name}".lstrip("/"), recursive=False, filter=settled)
            if not Path(path).is_dir() or Path(path).is_symlink():
                tar.add(path, path.lstrip("/"), recursive=False, filter=settled)
    return out.digest.hexdigest()


def main() -> None:
    """Stream the image to standard output."""
    parser = argparse.ArgumentParser()
    for name in ("base", "closure", "customisation", "exclude", "store", "reference", "owner"):
        parser.add_argument(f"--{name}")
    options = parser.parse_args()
    paths = sorted(set(Path(options.closure).read_text().split()) - set(options.exclude.split(":")))
    image = json.loads(Path(options.base).read_text())
    with (
        tempfile.TemporaryFile() as store,
        Path(options.customisation).open("rb") as customisation,
        tarfile.open(fileobj=sys.stdout.buffer, mode="w|", format=tarfile.GNU_FORMAT) as tar,
    ):

        def add(name: str, file: IO[bytes], size: int) -> None:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime = size, EPOCH
            file.seek(0)
            tar.addfile(entry, file)

        layers: list[tuple[str, IO[bytes], str]] = []
        if paths:
            layers.append((closure_layer(store, paths, options.owner.split(":")), store, "store paths"))
        layers.append((hashlib.file_digest(customisation, "sha256").hexdigest(), customisation, "customisation layer"))
        image["rootfs"] = {"type": "layers", "diff_ids": [f"sha256:{digest}" for digest, _, _ in layers]}
        image["history"] = [{"created": image["created"], "comment": comment} for _, _, comment in layers]
        for digest, file, _ in layers:
            add(f"{digest}/layer.tar", file, file.seek(0, os.SEEK_END))
        config = json.dumps(image).encode()
        name = f"{hashlib.sha256(config).hexdigest()}.json"
        add(name, io.BytesIO(config), len(config))
        names = [f"{digest}/layer.tar" for digest, _, _ in layers]
        manifest = json.dumps([{"Config": name, "RepoTags": [options.reference], "Layers": names}]).encode()
        add("manifest.json", io.BytesIO(manifest), len(manifest))


main()
