"""Source distributions made in the test."""

from __future__ import annotations

import gzip
import tarfile
import zipfile
from collections.abc import Mapping
from io import BytesIO

from neve.lock.sdists import BuildWheelPin, DirectoryPin, GitPin, SdistPin
from neve.python.sdist import Directory, Sdist, Source
from tests.projects import a_wheel_pin, digest


def sdist_tar(files: Mapping[str, str | bytes], *entries: tarfile.TarInfo) -> bytes:
    """A .tar.gz of ``files`` and of ``entries`` without content."""
    out = BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for path, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            entry = tarfile.TarInfo(path)
            entry.size = len(data)
            tar.addfile(entry, BytesIO(data))
        for entry in entries:
            tar.addfile(entry)
    return gzip.compress(out.getvalue(), 1, mtime=0)


def sdist_zip(files: Mapping[str, str | bytes]) -> bytes:
    """A .zip of ``files``."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for path, content in files.items():
            file.writestr(zipfile.ZipInfo(path), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def link(path: str, target: str) -> tarfile.TarInfo:
    """A symbolic link of a tar archive."""
    entry = tarfile.TarInfo(path)
    entry.type, entry.linkname = tarfile.SYMTYPE, target
    return entry


def a_source_pin(source: Source) -> SdistPin | GitPin | DirectoryPin:
    """The pin of ``source``, built by setuptools."""
    like = a_sdist_pin(source.name, source.version or "1.0")
    if isinstance(source, Sdist):
        return like
    common = {name: getattr(like, name) for name in ("name", "backend", "requires", "targets", "wheels")}
    if isinstance(source, Directory):
        return DirectoryPin(**common, path=source.path)
    own = {name: getattr(source, name) for name in ("version", "url", "commit", "subdirectory")}
    return GitPin(**common, **own, nar_hash=f"sha256-{'B' * 42}A=")


def a_sdist_pin(name: str, version: str = "1.0", *, build: tuple[str, ...] = ("setuptools",)) -> SdistPin:
    """The pin of a source distribution whose build requirements are wheels for all platforms."""
    file = f"{name.replace('-', '_')}-{version}.tar.gz"
    return SdistPin(
        name=name,
        version=version,
        file=file,
        url=f"https://files.example/{file}",
        sha256=digest(file),
        size=1000,
        backend="setuptools.build_meta",
        requires=build,
        targets=("cp313-manylinux_2_40_x86_64", "cp313-manylinux_2_40_aarch64"),
        wheels=tuple(BuildWheelPin.model_validate(a_wheel_pin(need).model_dump()) for need in build),
    )
