"""Which package has a file: the Contents indexes of a suite (DebianRepository/Format), verified through InRelease.

Each is read once and what is asked for is kept of it, by its hash: libraries where the loader looks, headers, programs.
"""

from __future__ import annotations

import mmap
import re
import shutil
import zlib
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from neve.bases.debian.mirror import Mirrors
from neve.bases.debian.packages import read_release
from neve.bases.debian.release import archive_keys
from neve.bases.debian.suites import find_suite
from neve.errors import NeveError
from neve.fetch import Artefact, Fetcher, MissingError
from neve.files import explained, locked, new_directory
from neve.progress import Progress, Silent

TRIPLETS = {"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}

_KINDS = ("libraries", "headers", "programs")
_CHUNK = 1 << 18
_LIMIT = 4 << 30  # Contents-all has 0.6 GB
_NOT_TO_RUN = re.compile(r"-(dev|dbg|dbgsym|doc|udeb)\Z|-cross\b|-source\Z|-mingw")
_NOT_TO_BUILD = re.compile(r"-cross\b|-source\Z|-doc\Z|-mingw")
_WORD = re.compile(r"[A-Za-z0-9_+.~/-]{1,200}\Z")


@dataclass(frozen=True)
class Contents:
    """What the indexes of a suite say of one architecture (Debian's name); ``more`` loads that of the packages which
    are for all of them, and is asked for what is not in the first.
    """

    architecture: str
    texts: tuple[Mapping[str, mmap.mmap], ...]
    more: Callable[[], Contents | None] = lambda: None

    def providers_of_library(self, soname: str) -> tuple[str, ...]:
        """The packages with ``soname`` where the loader looks, the best first: that which is named after it."""
        triplet = TRIPLETS.get(self.architecture, self.architecture)
        own = _named_after(soname)
        found = {
            package
            for path, packages in self._lines("libraries", soname)
            if path.removeprefix("usr/") in (f"lib/{triplet}/{soname}", f"lib/{soname}")
            for package in packages
            if not _NOT_TO_RUN.search(package)
        }
        return tuple(sorted(found, key=lambda name: (_plain(name) != own, len(name), name)))

    def providers_of_header(self, name: str) -> tuple[str, ...]:
        """The packages with the header ``name`` ("libpq-fe.h", "openssl/ssl.h"), the best first: the one that has it
        nearest to where the compiler looks.
        """
        triplet = TRIPLETS.get(self.architecture, "")
        found: dict[str, tuple[int, bool, int, str]] = {}
        for path, packages in self._lines("headers", name):
            place = path.removeprefix("usr/include/").removeprefix(f"{triplet}/")
            for package in packages:
                if not _NOT_TO_BUILD.search(package):
                    key = (place.count("/"), not package.endswith("-dev"), len(package), package)
                    found[package] = min(key, found.get(package, key))
        return tuple(sorted(found, key=found.__getitem__)) or self._others("providers_of_header", name)

    def providers_of_program(self, name: str) -> tuple[str, ...]:
        """The packages with the program ``name``, the best first: that of the same name."""
        found = {
            package
            for path, packages in self._lines("programs", name)
            if path.rpartition("/")[2] == name
            for package in packages
            if not _NOT_TO_BUILD.search(package)
        }
        best = sorted(found, key=lambda package: (package != name, len(package), package))
        return tuple(best) or self._others("providers_of_program", name)

    def provider_of_header(self, name: str) -> str | None:
        """The best of :meth:`providers_of_header`; None where no package has it."""
        return next(iter(self.providers_of_header(name)), None)

    def provider_of_program(self, name: str) -> str | None:
        """The best of :meth:`providers_of_program`; None where no package has it."""
        return next(iter(self.providers_of_program(name)), None)

    def packages_with(self, suffix: str) -> tuple[str, ...]:
        """The packages with a library, header or program whose path ends in ``/suffix``, by name."""
        return tuple(sorted({p for kind in _KINDS for _, packages in self._lines(kind, suffix) for p in packages}))

    def _others(self, method: str, name: str) -> tuple[str, ...]:
        other = self.more()
        found: tuple[str, ...] = getattr(other, method)(name) if other is not None else ()
        return found

    def _lines(self, kind: str, suffix: str) -> Iterator[tuple[str, list[str]]]:
        """The paths that end in ``/suffix``, and the names of the packages that have them."""
        if not _WORD.match(suffix):
            return
        pattern = re.compile(b"\n([^\t\n]*/" + re.escape(suffix.encode()) + b")\t([^\n]+)")
        needle = f"/{suffix}\t".encode()
        for texts in self.texts:
            data = texts[kind]
            start = data.find(needle)
            while start >= 0:
                match = pattern.match(data, data.rfind(b"\n", 0, start))
                if match:
                    names = match[2].decode("ascii", "replace").split(",")
                    yield match[1].decode("utf-8", "replace"), [name.rpartition("/")[2] for name in names]
                start = data.find(needle, start + 1)


def load_contents(
    suite: str, architecture: str, mirrors: Mirrors, fetcher: Fetcher, progress: Progress
) -> Contents | None:
    """The Contents of ``suite`` for ``architecture`` (Debian's name: amd64, arm64); None where the mirror has none.

    What the cache holds is not fetched again; a security archive without one is passed over.
    Raises NeveError for what is not there or not signed, TransientError where the mirror cannot be reached.
    """
    texts = _texts(suite, architecture, mirrors, fetcher, progress)
    if not texts:
        return None

    @cache
    def more() -> Contents | None:
        try:
            found = _texts(suite, "all", mirrors, fetcher, progress)
        except NeveError:  # what is looked for is worth a hint, no failure
            return None
        return Contents(architecture, found) if found else None

    return Contents(architecture, texts, more)


def _texts(
    suite: str, architecture: str, mirrors: Mirrors, fetcher: Fetcher, progress: Progress
) -> tuple[Mapping[str, mmap.mmap], ...]:
    """What is kept of the index of each archive that has one."""
    keys = archive_keys(mirrors.keyring)
    found: list[Mapping[str, mmap.mmap]] = []
    for archive, dist in find_suite(suite).archives.items():
        release = read_release(f"{mirrors.base(archive)}/dists/{dist}/InRelease", dist, keys, mirrors, fetcher)
        path = f"main/Contents-{architecture}"
        artefact = release.artefact(f"{path}.gz")
        if artefact is None or release.files.get(path, ("", 1))[1] == 0:
            continue
        place = fetcher.cache / "debian" / "contents" / f"{dist}-{architecture}" / artefact.sha256
        if not place.is_dir():
            progress.stage(f"reading which files the packages of {dist} have")
            try:
                _fill(place, artefact, fetcher if archive == "main" else _silent(fetcher))
            except NeveError as error:
                # A mirror may carry no such indexes, though its InRelease lists them, or older ones. Those of updates
                # are small, and what is for all architectures is a hint alone: nothing is said where these are absent.
                missing = isinstance(error, MissingError)
                if archive == "main" and not missing:
                    raise
                if not missing and architecture != "all":
                    progress.stage(f"{dist} goes without: {error.what}")
                continue
        found.append(_opened(place))
    return tuple(found)


def _silent(fetcher: Fetcher) -> Fetcher:
    """``fetcher`` with its connections and credentials, which shows nothing of what it does."""
    other = copy(fetcher)
    other.progress = Silent()
    return other


def _fill(place: Path, artefact: Artefact, fetcher: Fetcher) -> None:
    """Keep of the index what is asked for, in three files below ``place``."""
    with locked(fetcher.cache / "debian" / ".lock"):
        if place.is_dir():  # another process was faster
            return
        (file,) = fetcher.fetch([artefact])
        lines: dict[str, list[bytes]] = {kind: [] for kind in _KINDS}
        for path, packages in _wanted(_text(file)):
            name = path.removeprefix(b"usr/")
            kind = "libraries" if name.startswith(b"lib") else "headers" if name.startswith(b"include") else "programs"
            lines[kind].append(b"\n%s\t%s" % (path, packages))
        with new_directory(place) as new, explained("keep the index", place):
            for kind, found in lines.items():
                (new / kind).write_bytes(b"".join(found) + b"\n")
        for old in place.parent.iterdir():
            if old != place and re.fullmatch(r"[0-9a-f]{64}", old.name):
                shutil.rmtree(old, ignore_errors=True)
        file.unlink(missing_ok=True)


_LIBRARY = rb"lib/(?:[a-z0-9_]+-linux-gnu/)?[^\n\t /]+\.so(?:\.[^\n\t /]*)?"
_PACKAGES = rb"[\t ]+([^\n\t ]+)"
# What begins with a literal is searched several times faster.
_USR = re.compile(rb"\n(usr/(?:include/[^\n\t ]+|s?bin/[^\n\t /]+|" + _LIBRARY + rb"))" + _PACKAGES)
_ROOT = re.compile(rb"\n(s?bin/[^\n\t /]+|" + _LIBRARY + rb")" + _PACKAGES)


def _wanted(blocks: Iterator[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """The paths that are kept, with the packages as the index writes them: ``section/name,section/name``."""
    rest = b"\n"
    for block in blocks:
        data = rest + block
        cut = data.rfind(b"\n")
        rest = data[cut:]
        yield from _USR.findall(data, 0, cut)
        yield from _ROOT.findall(data, 0, cut)
    rest += b"\n"
    yield from _USR.findall(rest)
    yield from _ROOT.findall(rest)


def _text(file: Path) -> Iterator[bytes]:
    total = 0
    with explained("read the index", file), file.open("rb") as stream:
        try:
            inflate = zlib.decompressobj(31)
            while chunk := inflate.unused_data or stream.read(_CHUNK):
                if inflate.eof:  # a file of gzip may have several parts
                    inflate = zlib.decompressobj(31)
                data = inflate.decompress(chunk)
                total += len(data)
                if total > _LIMIT:
                    raise NeveError("the archive's index is too large", where=file.name)
                yield data
            if not inflate.eof:
                raise NeveError("the archive's index cannot be decompressed", where=file.name, why="it is cut short")
        except zlib.error as error:
            raise NeveError("the archive's index cannot be decompressed", where=file.name, why=str(error)) from error


def _opened(place: Path) -> dict[str, mmap.mmap]:
    """The files in ``place``: once they are open, a newer index may take their place."""
    found = {}
    for kind in _KINDS:
        with explained("read the index", place), (place / kind).open("rb") as file:
            found[kind] = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return found


def _named_after(soname: str) -> str:
    """How Debian names the package of a library (Policy 8.1), in letters and digits."""
    stem, _, version = soname.partition(".so")
    return _plain(f"{stem}{version}".lower())


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9+]", "", name.removesuffix("t64"))


__all__ = ["Contents", "load_contents"]
