"""A mirror and a package index on loopback, with what a small lock needs: fakes at the edge of protocols."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pytest

from neve.bases.debian.lock import BUSYBOX, TOOLS
from neve.bases.debian.mirror import Mirrors
from neve.components.plan import make_plan
from neve.fetch import Fetcher
from neve.lock.resolve import Resolver
from neve.progress import Progress, Silent
from neve.python.uv import Uv
from neve.session import Options, Session
from tests.bases.debian.archive import Archive, deb_of, entry, stanza
from tests.fetch.server import Server, serving
from tests.projects import a_project

# Stands for the static busybox: neve asks it for its applets.
_BUSYBOX = deb_of(entry("./usr/bin/busybox", b"#!/bin/sh\necho cat\necho sh\n", mode=0o755))
_UV_PLATFORM = "manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64"


def wheel(name: str, version: str, metadata: str, *, tag: str = "py3-none-any") -> bytes:
    """The smallest wheel: a module of one line and the metadata; ``tag`` may begin with a build tag."""
    info = f"{name}-{version}.dist-info"
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for path, text in {
            f"{name}.py": f"name = {name!r}\n",
            f"{info}/METADATA": metadata,
            f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n",
            f"{info}/RECORD": "",
        }.items():
            file.writestr(zipfile.ZipInfo(path), text)
    return out.getvalue()


@dataclass
class World:
    """What the tests of locking ask: ``environ`` leads neve and uv here and nowhere else."""

    server: Server
    archive: Archive
    home: Path
    keyring: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    stanzas: list[str] = field(default_factory=list)
    nonfree: list[str] = field(default_factory=list)
    _links: dict[str, list[str]] = field(default_factory=dict)

    @property
    def mirrors(self) -> Mirrors:
        return Mirrors(
            main=f"{self.server.url}/debian",
            security=f"{self.server.url}/debian-security",
            origin="the test",
            keyring=self.keyring,
        )

    def publish(self, *stanzas: str, nonfree: tuple[str, ...] = ()) -> None:
        """Add packages to trixie; ``nonfree`` to that component of it."""
        self.stanzas += stanzas
        self.nonfree += nonfree
        self.archive.publish("trixie", *self.stanzas, nonfree=self.nonfree)

    def serve_wheel(self, name: str, version: str, *, tag: str = "py3-none-any", requires: tuple[str, ...] = ()) -> str:
        """Add a wheel to the index (PEP 503, PEP 714); its SHA-256."""
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        metadata += "".join(f"Requires-Dist: {requirement}\n" for requirement in requires)
        stem = name.replace("-", "_")
        content = wheel(stem, version, metadata)
        file = f"{stem}-{version}-{tag}.whl"
        digest = hashlib.sha256(content).hexdigest()
        self.server.files |= {f"/files/{file}": content, f"/files/{file}.metadata": metadata.encode()}
        self._list(name, f'<a href="/files/{file}#sha256={digest}" data-core-metadata="true">{file}</a>')
        return digest

    def serve_sdist(self, name: str, version: str, content: bytes) -> str:
        """Add a source distribution, a .tar.gz, to the index; its SHA-256."""
        file = f"{name.replace('-', '_')}-{version}.tar.gz"
        digest = hashlib.sha256(content).hexdigest()
        self.server.files[f"/files/{file}"] = content
        self._list(name, f'<a href="/files/{file}#sha256={digest}">{file}</a>')
        return digest

    def _list(self, name: str, link: str) -> None:
        self._links.setdefault(name, []).append(link)
        page = "<!DOCTYPE html><html><body>" + "\n".join(self._links[name]) + "</body></html>"
        self.server.files[f"/simple/{name}/"] = page.encode()

    def session(self, directory: Path, options: Options | None = None, progress: Progress | None = None) -> Session:
        return Session(directory, options or Options(), progress or Silent(), self.environ)

    def resolver(self, directory: Path, *, offline: bool = False) -> Resolver:
        fetcher = Fetcher(self.home / "fetched", Silent(), offline=offline)
        return Resolver(mirrors=self.mirrors, fetcher=fetcher, uv=Uv(directory, offline=offline), progress=Silent())


@contextmanager
def a_world(home: Path, patch: pytest.MonkeyPatch) -> Iterator[World]:
    """A world below ``home``, with the environment set for it."""
    home.mkdir(parents=True, exist_ok=True)
    with serving() as server:
        archive = Archive(server.files)
        world = World(server, archive, home, archive.keyring(home))
        _populate(world)
        for key in [key for key in os.environ if key.startswith(("UV_", "NEVE_", "PIP_")) or "proxy" in key.lower()]:
            patch.delenv(key)
        for key, value in {
            "HOME": str(home),
            "XDG_CACHE_HOME": str(home / "cache"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_DATA_HOME": str(home / "data"),
            "UV_CACHE_DIR": str(home / "uv"),
            "UV_NO_CONFIG": "1",
            "UV_DEFAULT_INDEX": f"{server.url}/simple",
            "NEVE_DEBIAN_MIRROR": f"{server.url}/debian",
            "NEVE_DEBIAN_KEYRING": str(world.keyring),
        }.items():
            patch.setenv(key, value)
        world.environ = os.environ
        yield world


def _populate(world: World) -> None:
    packages = make_plan(a_project()).packages
    names = {*TOOLS, *(name for group in packages.values() for name in group)}
    path = f"pool/main/b/{BUSYBOX}/{BUSYBOX}_1.37.0-6_amd64.deb"
    world.server.files[f"/debian/{path}"] = _BUSYBOX
    world.publish(
        *(stanza(name, "3.13.5-2" if name == "python3.13" else "1.0") for name in sorted(names)),
        stanza(
            BUSYBOX, "1.37.0-6", filename=path, size=str(len(_BUSYBOX)), sha256=hashlib.sha256(_BUSYBOX).hexdigest()
        ),
    )
    world.archive.publish("trixie-updates")
    world.archive.publish("trixie-security", root="/debian-security")
    world.serve_wheel("uv", _uv_version(), tag=f"py3-none-{_UV_PLATFORM}")


def _uv_version() -> str:
    from importlib.metadata import version

    return version("uv")
