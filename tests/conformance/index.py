"""Package indexes on loopback (PEP 503, PEP 592, PEP 714): what the scenarios lock against."""

from __future__ import annotations

import gzip
import hashlib
import html
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO

from tests.fetch.server import Server
from tests.world import wheel

MAIN = "simple"


@dataclass(frozen=True, kw_only=True)
class Release:
    """One version of a package on one index: a wheel for each of ``tags`` (``2-py3-none-any`` has a build tag) and,
    with ``sdist``, a source distribution whose metadata needs no build.
    """

    name: str
    version: str = "1.0"
    tags: tuple[str, ...] = ("py3-none-any",)
    requires: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    requires_python: str | None = None
    yanked: str | None = None
    sdist: bool = False
    index: str = MAIN
    spelled: str | None = None  # the name in file names, where it is not the normalized one

    @property
    def stem(self) -> str:
        return self.spelled or self.name.replace("-", "_")

    @property
    def wheels(self) -> tuple[str, ...]:
        return tuple(f"{self.stem}-{self.version}-{tag}.whl" for tag in self.tags)

    def metadata(self) -> str:
        lines = ["Metadata-Version: 2.2", f"Name: {self.name}", f"Version: {self.version}"]
        lines += [f"Requires-Python: {self.requires_python}"] if self.requires_python else []
        lines += [f"Provides-Extra: {extra}" for extra in self.extras]
        lines += [f"Requires-Dist: {requirement}" for requirement in self.requires]
        return "".join(f"{line}\n" for line in lines)


def sdist_of(release: Release) -> bytes:
    """A source distribution whose PKG-INFO says all (PEP 643)."""
    root = f"{release.stem}-{release.version}"
    texts = {
        "PKG-INFO": release.metadata(),
        "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "none"\n',
    }
    out = BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, text in texts.items():
            entry = tarfile.TarInfo(f"{root}/{name}")
            entry.size = len(text)
            tar.addfile(entry, BytesIO(text.encode()))
    return gzip.compress(out.getvalue(), mtime=0)


@dataclass
class Indexes:
    """All that ``server`` has."""

    server: Server
    commit: str = ""
    _pages: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)

    def filled(self, text: str) -> str:
        """``text`` of a scenario with the server's address for ``@URL@``, the commit that it has for ``@REV@``."""
        return text.replace("@URL@", self.server.url).replace("@REV@", self.commit)

    def add(self, releases: Iterable[Release]) -> None:
        """Serve ``releases``. A release that two scenarios share is served once."""
        for release in releases:
            for tag, file in zip(release.tags, release.wheels, strict=True):
                content = wheel(release.stem, release.version, release.metadata(), tag=tag)
                self.server.files[f"/files/{file}.metadata"] = release.metadata().encode()
                self._serve(release, file, content)
            if release.sdist:
                self._serve(release, f"{release.stem}-{release.version}.tar.gz", sdist_of(release))

    def _serve(self, release: Release, file: str, content: bytes) -> None:
        before = self.server.files.setdefault(f"/files/{file}", content)
        assert before == content, f"two scenarios have different {file}"
        digest = hashlib.sha256(content).hexdigest()
        words = [f'href="/files/{file}#sha256={digest}"']
        words += ['data-core-metadata="true"'] if file.endswith(".whl") else []
        words += [f'data-requires-python="{html.escape(release.requires_python)}"'] if release.requires_python else []
        words += [f'data-yanked="{html.escape(release.yanked)}"'] if release.yanked is not None else []
        page = self._pages.setdefault((release.index, release.name), {})
        page[file] = f"<a {' '.join(words)}>{file}</a>"
        body = "<!DOCTYPE html><html><body>" + "\n".join(page.values()) + "</body></html>"
        self.server.files[f"/{release.index}/{release.name}/"] = body.encode()
