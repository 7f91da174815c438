"""The packages of a suite: scanned for names, parsed where asked."""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from neve.bases.debian.mirror import Mirrors
from neve.bases.debian.package import Package, parse_package
from neve.bases.debian.packages import component_file, packages_files
from neve.bases.debian.suites import ArchiveName, find_suite
from neve.bases.debian.version import version_key
from neve.fetch import Fetcher
from neve.files import explained
from neve.progress import Progress

# A pattern that begins with a literal is searched several times faster than one that begins with "^".
_PACKAGE = re.compile(rb"\nPackage:[ \t]*([^\s]+)")
_NAME = re.compile(r"^Package:[ \t]*(\S+)", re.MULTILINE)
_PROVIDES = re.compile(rb"\nProvides:([^\n]*(?:\n[ \t][^\n]*)*)")


@dataclass
class _Text:
    """A Packages file and where the stanza of each name lies in it."""

    archive: ArchiveName
    data: bytes | mmap.mmap
    offsets: dict[bytes, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        first = re.match(rb"Package:[ \t]*([^\s]+)", self.data)
        if first:
            self.offsets[first[1]] = [0]
        for match in _PACKAGE.finditer(self.data):
            self.offsets.setdefault(match[1], []).append(match.start() + 1)

    def stanza(self, offset: int) -> str:
        """The stanza that the byte ``offset`` lies in."""
        start = self.data.rfind(b"\n\n", 0, offset)
        end = self.data.find(b"\n\n", offset)
        return self.data[start + 2 if start >= 0 else 0 : end if end >= 0 else None].decode("utf-8", "replace")


class Index:
    """What the archives of a suite offer for one architecture; ``dates`` says of when each archive is."""

    def __init__(
        self,
        architecture: str,
        texts: Sequence[tuple[ArchiveName, bytes | mmap.mmap]],
        dates: Mapping[ArchiveName, datetime] | None = None,
    ) -> None:
        self.architecture = architecture
        self.dates = dates or {}
        self._texts = [_Text(archive, data) for archive, data in texts]
        self._versions: dict[str, tuple[Package, ...]] = {}
        self._virtual: Mapping[bytes, set[str]] | None = None

    def versions(self, name: str) -> tuple[Package, ...]:
        """The versions of the package ``name``, newest first; none where there is no such package."""
        if name not in self._versions:
            self._versions[name] = tuple(self._parse(name))
        return self._versions[name]

    def providers(self, virtual: str) -> tuple[Package, ...]:
        """The packages, in all their versions, that state to provide ``virtual``; by name, newest first."""
        if self._virtual is None:
            self._virtual = self._scan_provides()
        return tuple(
            package
            for name in sorted(self._virtual.get(virtual.encode(), ()))
            for package in self.versions(name)
            if any(relation.name == virtual for group in package.provides for relation in group)
        )

    def names(self) -> Iterator[str]:
        """The names of all packages, in no order."""
        seen: set[bytes] = set()
        for text in self._texts:
            yield from (name.decode("ascii", "replace") for name in text.offsets if name not in seen)
            seen.update(text.offsets)

    def near(self, name: str) -> list[str]:
        """Names of packages that ``name`` may have been meant to be, the likeliest first."""
        from difflib import get_close_matches

        # Renames by a transition ("libglib2.0-0" to "libglib2.0-0t64") first, then slips of the keyboard.
        longer = sorted((n for n in self.names() if n.startswith(name)), key=lambda n: (len(n), n))[:3]
        alike = [n for n in self.names() if n[:1] == name[:1] and abs(len(n) - len(name)) <= 3]
        return list(dict.fromkeys([*longer, *get_close_matches(name, alike, n=3, cutoff=0.8)]))[:4]

    def _parse(self, name: str) -> Iterator[Package]:
        found: dict[str, Package] = {}
        for text in self._texts:
            for offset in text.offsets.get(name.encode(), ()):
                package = parse_package(text.stanza(offset), archive=text.archive, architecture=self.architecture)
                # A version may lie in several archives: the first, main, keeps it longest.
                found.setdefault(package.version, package)
        yield from sorted(found.values(), key=lambda p: version_key(p.version), reverse=True)

    def _scan_provides(self) -> Mapping[bytes, set[str]]:
        found: dict[bytes, set[str]] = {}
        for text in self._texts:
            for match in _PROVIDES.finditer(text.data):
                owner = _NAME.search(text.stanza(match.start() + 1))
                if owner is None:
                    continue
                name = owner[1]
                for part in match[1].split(b","):
                    if words := part.split(None, 1):
                        found.setdefault(words[0].partition(b"(")[0].partition(b":")[0], set()).add(name)
        return found


def load_index(suite: str, architecture: str, mirrors: Mirrors, fetcher: Fetcher, progress: Progress) -> Index:
    """The index of ``suite`` for ``architecture`` (Debian's name: amd64, arm64).

    What the cache holds is not fetched again.
    Raises NeveError for what is not there or not signed, TransientError where the mirror cannot be reached.
    """
    progress.stage(f"reading the index of {suite}")
    files = packages_files(find_suite(suite), architecture, mirrors, fetcher, progress)
    dates = {archive: date for archive, _, date in files if date is not None}
    return Index(architecture, [(archive, _mapped(file)) for archive, file, _ in files], dates)


def load_component(
    suite: str, component: str, architecture: str, *, mirrors: Mirrors, fetcher: Fetcher, progress: Progress
) -> Index:
    """The index of a ``component`` besides main ("non-free") of the suite's main archive, as :func:`load_index`.

    Raises MissingError where the mirror does not carry it.
    """
    progress.stage(f"reading the index of {suite}'s {component}")
    file, date = component_file(find_suite(suite), component, architecture, mirrors, fetcher)
    return Index(architecture, [("main", _mapped(file))], {"main": date} if date is not None else {})


def _mapped(path: Path) -> bytes | mmap.mmap:
    with explained("read the index", path), path.open("rb") as file:
        if path.stat().st_size == 0:  # an archive that is empty, which mmap(2) refuses
            return b""
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


__all__ = ["Index", "Package", "load_component", "load_index"]
