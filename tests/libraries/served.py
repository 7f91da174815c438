"""Wheels with machine code, served to a project; and a mirror that tells which package has what."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from pathlib import Path

from neve.progress import Silent
from tests.libraries.elves import wheel_of
from tests.world import World

PLATFORM = "cp313-cp313-manylinux_2_17_x86_64"


class Heard(Silent):
    """Keeps what is said."""

    def __init__(self) -> None:
        self.stages: list[str] = []
        self.notes: list[str] = []

    def stage(self, text: str) -> None:
        self.stages.append(text)

    def note(self, text: str) -> None:
        self.notes.append(text)


def metadata(name: str, version: str) -> bytes:
    return f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()


def a_wheel_with(name: str, version: str, files: Mapping[str, bytes]) -> bytes:
    info = f"{name}-{version}.dist-info"
    own = {
        f"{info}/METADATA": metadata(name, version),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\nTag: " + PLATFORM.encode(),
        f"{info}/RECORD": b"",
    }
    return wheel_of({**files, **own})


def serve(world: World, name: str, version: str, files: Mapping[str, bytes], *, tag: str = PLATFORM) -> str:
    """Add a wheel with ``files`` to the index; its path on the server."""
    content = a_wheel_with(name, version, files)
    file = f"{name}-{version}-{tag}.whl"
    world.server.files |= {f"/files/{file}": content, f"/files/{file}.metadata": metadata(name, version)}
    digest = hashlib.sha256(content).hexdigest()
    link = f'<a href="/files/{file}#sha256={digest}" data-core-metadata="true">{file}</a>'
    world.server.files[f"/simple/{name}/"] = f"<!DOCTYPE html><html><body>{link}</body></html>".encode()
    return f"/files/{file}"


def publish_contents(world: World, lines: Mapping[str, str]) -> None:
    """Let the mirror have an index of which package has which path, besides its packages."""
    path = "/debian/dists/trixie/InRelease"
    text = world.server.files[path].decode().partition("\n\n")[2].partition("-----BEGIN PGP SIGNATURE")[0]
    content = "".join(f"{file}  libs/{package}\n" for file, package in lines.items()).encode()
    packed = gzip.compress(content, mtime=0)
    text = text.rstrip("\n") + "\n"
    for name, data in {"main/Contents-amd64": content, "main/Contents-amd64.gz": packed}.items():
        text += f" {hashlib.sha256(data).hexdigest()} {len(data)} {name}\n"
    digest = hashlib.sha256(packed).hexdigest()
    world.server.files[f"/debian/dists/trixie/main/by-hash/SHA256/{digest}"] = packed
    world.server.files[path] = world.archive.signed(text)


def project(directory: Path, *dependencies: str, neve: str = "") -> Path:
    directory.mkdir(exist_ok=True)
    listed = ", ".join(f'"{each}"' for each in dependencies)
    (directory / "pyproject.toml").write_text(
        f'[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = [{listed}]  # ours\n{neve}'
    )
    return directory
