"""Archives of interpreters as uv fetches them, and a server on loopback that has them and the list of them."""

from __future__ import annotations

import gzip
import hashlib
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

from tests.fetch.server import Server

BUILD = "20261121"
_VARIABLES = '# system configuration generated and used by the sysconfig module\nbuild_time_vars = {"CC": "clang"}\n'


@dataclass(frozen=True, kw_only=True)
class Archive:
    """CPython ``version`` in ``content``; ``sha256`` is what uv is told: None for the true one, "" for nothing."""

    version: str
    content: bytes
    architecture: str = "x86_64"
    freethreaded: bool = False
    sha256: str | None = None
    build: str = BUILD

    @property
    def file(self) -> str:
        variant = "freethreaded-" if self.freethreaded else ""
        return f"cpython-{self.version}+{self.build}-{self.architecture}-unknown-linux-gnu-{variant}install_only.tar.gz"

    @property
    def path(self) -> str:
        """Where the server has it."""
        return f"/{self.build}/{self.file.replace('+', '%2B')}"

    @property
    def digest(self) -> str:
        """Its true SHA-256."""
        return hashlib.sha256(self.content).hexdigest()


def an_archive(version: str, *, architecture: str = "x86_64", freethreaded: bool = False, **more: str) -> Archive:
    """A small one, of the layout of a true one; ``more`` are fields of it."""
    name = f"python{version.rpartition('.')[0]}{'t' if freethreaded else ''}"
    members = {
        f"python/bin/{name}": f"#!/bin/sh\necho {version} {architecture}\n",
        f"python/lib/{name}/_sysconfigdata__linux_{architecture}-linux-gnu.py": _VARIABLES,
    }
    content = tar_of(*(entry(path, text) for path, text in members.items()))
    return Archive(version=version, content=content, architecture=architecture, freethreaded=freethreaded, **more)


def entry(name: str, text: str = "", *, kind: bytes = tarfile.REGTYPE, link: str = "") -> tuple[tarfile.TarInfo, bytes]:
    """A member of a tar."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode, info.size = kind, link, 0o755, len(text.encode())
    return info, text.encode()


def tar_of(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    """A .tar.gz of ``members``."""
    out = BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for info, content in members:
            tar.addfile(info, BytesIO(content))
    return gzip.compress(out.getvalue(), 1, mtime=0)


def offer(server: Server, *archives: Archive, credentials: str = "") -> Mapping[str, str]:
    """Serve ``archives`` and a list of them, with ``credentials`` in its URLs; the environment that leads uv to it."""
    downloads = {}
    for each in archives:
        major, minor, patch = each.version.split(".")
        server.files[each.path] = each.content
        name = f"cpython-{each.version}{'+freethreaded' if each.freethreaded else ''}-linux-{each.architecture}-gnu"
        downloads[name] = {
            "name": "cpython",
            "arch": {"family": each.architecture, "variant": None},
            "os": "linux",
            "libc": "gnu",
            "major": int(major),
            "minor": int(minor),
            "patch": int(patch),
            "prerelease": "",
            "url": server.url.replace("//", f"//{credentials}") + each.path,
            "sha256": (each.digest if each.sha256 is None else each.sha256) or None,
            "variant": "freethreaded" if each.freethreaded else None,
            "build": each.build,
        }
    server.files["/downloads.json"] = json.dumps(downloads).encode()
    return {"UV_PYTHON_DOWNLOADS_JSON_URL": f"{server.url}/downloads.json"}
