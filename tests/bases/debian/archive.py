"""A tiny Debian archive, signed by a key of its own, and packages for it."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import sys
import tarfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from pysequoia import SignatureMode, Tsk, sign

from neve.bases.debian.index import Index
from neve.bases.debian.suites import ArchiveName

COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".xz": lzma.compress,
    ".lzma": lambda data: lzma.compress(data, format=lzma.FORMAT_ALONE),
    ".bz2": bz2.compress,
    ".zst": zstd.compress,
}


def stanza(name: str, version: str = "1.0", **fields: str) -> str:
    """A stanza of Packages; ``pre_depends="a"`` gives the field ``Pre-Depends``."""
    lines = {
        "Package": name,
        "Version": version,
        "Architecture": "amd64",
        "Filename": f"pool/main/{name[0]}/{name}/{name}_{version.rpartition(':')[2]}_amd64.deb",
        "Size": "1000",
        "SHA256": hashlib.sha256(f"{name} {version}".encode()).hexdigest(),
    }
    lines |= {key.replace("_", "-").title(): value for key, value in fields.items()}
    return "".join(f"{key}: {value}\n" for key, value in lines.items())


def index_of(*stanzas: str, security: tuple[str, ...] = ()) -> Index:
    texts: list[tuple[ArchiveName, bytes]] = [
        ("main", "\n".join(stanzas).encode()),
        ("security", "\n".join(security).encode()),
    ]
    return Index("amd64", [(archive, data) for archive, data in texts])


@dataclass
class Archive:
    """The files of a mirror by path, for a server on loopback."""

    files: dict[str, bytes]
    key: Tsk = field(default_factory=lambda: Tsk.generate("An archive <archive@debian.example>"))

    def publish(
        self,
        dist: str,
        *stanzas: str,
        root: str = "/debian",
        codename: str | None = None,
        extra: str = "",
        packages: str = "Packages.xz",
        by_hash: bool = True,
        others: Mapping[str, Sequence[str]] | None = None,
        nonfree: Sequence[str] = (),
    ) -> None:
        """Write and sign the suite ``dist`` with ``stanzas`` for amd64, and with those of ``others`` for theirs; with
        ``nonfree`` for amd64 it has that component, too.
        """
        base, lines = f"{root}/dists/{dist}", ""
        main = {f"main/binary-{name}": own for name, own in {"amd64": stanzas, **(others or {})}.items()}
        for place, own in {**main, **({"non-free/binary-amd64": nonfree} if nonfree else {})}.items():
            plain = "\n".join(own).encode()
            data = COMPRESS[packages.removeprefix("Packages")](plain)
            for name, content in {"Packages": plain, packages: data}.items():
                lines += f" {hashlib.sha256(content).hexdigest()} {len(content)} {place}/{name}\n"
            self.files[f"{base}/{place}/{packages}"] = data
            if by_hash:
                self.files[f"{base}/{place}/by-hash/SHA256/{hashlib.sha256(data).hexdigest()}"] = data
        text = (
            f"Origin: Example\nCodename: {codename or dist}\nAcquire-By-Hash: {'yes' if by_hash else 'no'}\n"
            f"{extra}SHA256:\n{lines}"
        )
        self.files[f"{base}/InRelease"] = self.signed(text)

    def signed(self, text: str) -> bytes:
        return sign(self.key.signer(), text.encode(), mode=SignatureMode.CLEAR)

    def keyring(self, folder: Path) -> Path:
        path = folder / "archive.asc"
        path.write_text(str(self.key.extract_certificate()))
        return path


def tar_of(*entries: tuple[tarfile.TarInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for info, content in entries:
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


def entry(name: str, content: bytes = b"", *, mode: int = 0o644) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.mode = mode
    return info, content


def special(name: str, kind: bytes, target: str = "") -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode = kind, target, 0o755
    return info, b""


def deb_of(*entries: tuple[tarfile.TarInfo, bytes], suffix: str = ".xz", control: str | None = None) -> bytes:
    about = COMPRESS[".xz"](tar_of(entry("./control", control.encode()))) if control is not None else b"odd"
    members = {
        "debian-binary": b"2.0\n",
        "control.tar.xz": about,
        f"data.tar{suffix}": COMPRESS[suffix](tar_of(*entries)),
    }
    out = b"!<arch>\n"
    for name, content in members.items():
        out += f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(content):<10}`\n".encode() + content
        out += b"\n" * (len(content) % 2)
    return out
