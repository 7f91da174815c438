"""A Debian archive of a few packages, made of tar and ar, which a file:// mirror serves."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from neve.bases.debian.index import Index
from neve.bases.debian.mirror import Mirrors
from neve.fetch import Fetcher
from neve.progress import Progress
from neve.tools.install import Supply


@dataclass
class Archive:
    """What lies under ``root``; ``stanzas`` is its Packages file."""

    root: Path
    stanzas: list[str] = field(default_factory=list)

    def add(self, name: str, files: Mapping[str, str], *, depends: str = "", version: str = "1.0-1") -> None:
        """Add the package ``name`` with executable ``files``."""
        data = _deb(files)
        path = self.root / f"pool/{name}_{version}_amd64.deb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        lines = [
            f"Package: {name}",
            f"Version: {version}",
            "Architecture: amd64",
            *([f"Depends: {depends}"] if depends else []),
            f"Filename: pool/{path.name}",
            f"Size: {len(data)}",
            f"SHA256: {hashlib.sha256(data).hexdigest()}",
        ]
        self.stanzas.append("\n".join(lines) + "\n")

    def supply(self, cache: Path, progress: Progress, *, offline: bool = False) -> Supply:
        """The archive as a source of packages."""
        mirrors = Mirrors(main=f"file://{self.root}", security=f"file://{self.root}", origin="the test")
        return Supply(
            index=Index("amd64", [("main", "\n".join(self.stanzas).encode())]),
            mirrors=mirrors,
            fetcher=Fetcher(cache, progress, offline=offline),
        )


def _deb(files: Mapping[str, str]) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for name, text in files.items():
            entry = tarfile.TarInfo(f"./{name}")
            entry.size, entry.mode = len(text.encode()), 0o755
            tar.addfile(entry, io.BytesIO(text.encode()))
    members = [("debian-binary", b"2.0\n"), ("data.tar.gz", gzip.compress(data.getvalue(), mtime=0))]
    archive = b"!<arch>\n"
    for name, content in members:
        archive += f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(content):<10}".encode() + b"`\n"
        archive += content + b"\n" * (len(content) % 2)
    return archive
