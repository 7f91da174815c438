"""The files of locked packages: found in their indexes by the lock's hashes, and no others."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from neve.errors import NeveError, collected
from neve.fetch.address import without_credentials
from neve.foreign.indexes import Index
from neve.foreign.marker import normalized
from neve.foreign.package import File, ForeignLock, Local, LockedPackage, Registry, Url
from neve.foreign.simple import IndexFile, PageOf, ask_indexes
from neve.foreign.table import shown
from neve.python.target import Target

if TYPE_CHECKING:
    from packaging.tags import Tag

    from neve.fetch import Fetcher

_SDISTS = (".tar.gz", ".zip", ".tgz", ".tar.bz2", ".tar.xz")
_LARGEST = 1 << 30  # bytes of an archive that has to be read to learn its hash
_MOST = 20


@dataclass(frozen=True, kw_only=True)
class Located:
    """A file with its place: ``url``, or ``path`` relative to the project; ``size`` in bytes where it is known."""

    name: str
    sha256: str
    url: str | None = None
    path: str | None = None
    size: int | None = None

    @property
    def is_wheel(self) -> bool:
        """Whether it is a wheel, else a source distribution."""
        return self.name.endswith(".whl")


@dataclass(frozen=True, kw_only=True)
class FoundFiles:
    """The files of a package, and the URL of the index that lists them, without credentials."""

    files: tuple[Located, ...]
    index: str | None = None


def locate(
    lock: ForeignLock,
    packages: Sequence[LockedPackage],
    *,
    indexes: Callable[[LockedPackage], Sequence[Index]],
    fetcher: Fetcher,
) -> dict[LockedPackage, FoundFiles]:
    """Where the files of ``packages``, all of indexes, lie; ``indexes`` says which are asked, one after the other.

    A file that the lock does not have is left out. Raises NeveError with all packages of which nothing is found, or of
    which a file has the locked name and another hash, TransientError where an index does not answer.
    """
    static = {package: _static(package) for package in packages if _is_static(package)}
    found = {package: files for package, files in static.items() if files.files}
    open_ = {p: () if p in static else indexes(p) for p in packages if p not in found}
    asked: dict[LockedPackage, list[Index]] = {package: [] for package in open_}
    names: dict[LockedPackage, list[IndexFile]] = {package: [] for package in open_}
    problems: list[NeveError] = []
    turn = 0
    while pending := {p: of[turn] for p, of in open_.items() if p not in found and turn < len(of)}:
        pages = {p: PageOf(url=index.url, package=p.name, flat=index.flat) for p, index in pending.items()}
        answers = ask_indexes(fetcher, pages.values())
        for package, index in pending.items():
            asked[package].append(index)
            files = _matching(package, answers[pages[package]])
            names[package] += (each for each in answers[pages[package]] if _is_of(package, each.name))
            if files:
                found[package] = FoundFiles(files=files, index=without_credentials(index.url))
                problems += _replaced(lock, package, index, answers[pages[package]], files)
        turn += 1
    problems += [_lacking(lock, p, asked[p], names[p]) for p in open_ if p not in found]
    if (problem := collected(problems[:_MOST])) is not None:
        raise problem
    return found


def _is_static(package: LockedPackage) -> bool:
    return bool(package.files) and all(file.url for file in package.files)


def _static(package: LockedPackage) -> FoundFiles:
    """The files of a lock that says where they lie."""
    files = (
        Located(name=file.name, sha256=file.sha256, url=without_credentials(file.url or ""))
        for file in package.files
        if file.name and _is_of(package, file.name)
    )
    return FoundFiles(files=tuple(sorted(files, key=lambda each: each.name)))


def _matching(package: LockedPackage, listed: Sequence[IndexFile]) -> tuple[Located, ...]:
    """What of ``listed`` the lock has: by hash, or by name where the index gives no hash."""
    hashes = {file.sha256 for file in package.files}
    by_name = {file.name: file.sha256 for file in package.files if file.name}
    found: dict[str, Located] = {}
    for file in listed:
        sha256 = file.sha256 or by_name.get(file.name)
        if sha256 in hashes and sha256 is not None and _is_of(package, file.name):
            found.setdefault(file.name, Located(name=file.name, sha256=sha256, url=file.url, size=file.size))
    return tuple(found[name] for name in sorted(found))


def _replaced(
    lock: ForeignLock, package: LockedPackage, index: Index, listed: Sequence[IndexFile], taken: Sequence[Located]
) -> Iterator[NeveError]:
    """The file that ``index`` has under a name of the lock, and with a hash that the lock does not have."""
    locked = {file.name: file.sha256 for file in package.files if file.name}
    fine = {file.name for file in taken}
    for file in listed:
        if file.name in locked and file.name not in fine and file.sha256 and _is_of(package, file.name):
            yield NeveError(
                f"the index has another {file.name} than was locked",
                where=without_credentials(index.url),
                why=f"expected sha256 {locked[file.name]}\ngot      sha256 {file.sha256}\n"
                "it was built anew, or tampered with",
                fixes=["ask whoever runs the index why", f"or lock what it has: `{lock.refresh}`"],
            )
            return


@lru_cache(maxsize=16384)
def version_in(name: str, file: str) -> str | None:
    """The version in the name of a ``file`` of the package ``name``, in its normal form; None for another's."""
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename
    from packaging.version import InvalidVersion, Version

    if file.endswith(".whl"):
        try:
            own, version, _, _ = parse_wheel_filename(file)
        except (InvalidWheelFilename, InvalidVersion):
            return None
        return str(version) if own == name else None
    stem = next((file.removesuffix(end) for end in _SDISTS if file.endswith(end)), None)
    for place in [index for index, character in enumerate(stem or "") if character == "-"]:
        if stem is not None and normalized(stem[:place]) == name:
            try:
                return str(Version(stem[place + 1 :]))
            except InvalidVersion:
                continue
    return None


def _is_of(package: LockedPackage, file: str) -> bool:
    from packaging.version import Version

    found = version_in(package.name, file)
    if found is None:
        return False
    # An index may have built a file again with a local version; the lock's hash is what says that it is the one.
    return package.version is None or Version(found).public == Version(package.version).public


def fits(files: Sequence[Located], target: Target) -> bool:
    """Whether ``target`` can install one of ``files``."""
    return any(not file.is_wheel or _tags(file.name) & _target_tags(target) for file in files)


@lru_cache(maxsize=64)
def _target_tags(target: Target) -> frozenset[Tag]:
    return frozenset(target.tags())


@lru_cache(maxsize=16384)
def _tags(file: str) -> frozenset[Tag]:
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename
    from packaging.version import InvalidVersion

    try:
        return parse_wheel_filename(file)[3]
    except (InvalidWheelFilename, InvalidVersion):
        return frozenset()


def _lacking(
    lock: ForeignLock, package: LockedPackage, asked: Sequence[Index], listed: Sequence[IndexFile]
) -> NeveError:
    from neve.fetch import redacted

    where = "\n         ".join(dict.fromkeys(redacted(index.url) for index in asked)) or lock.file
    if not package.files:
        return NeveError(
            f"{lock.file} has no hash of {package.name} {package.version}",
            where=f"{lock.file}, {package.where}",
            why="neve fetches nothing that is not pinned by SHA-256",
            fixes=[f"write it anew, with hashes: `{lock.refresh}`"],
        )
    if not listed:
        why = "it has no file of this version"
    elif not any(file.sha256 for file in listed):
        why = f"it gives no SHA-256 of its {len(listed)} files, and the lock does not name them"
    else:
        why = f"its {len(listed)} files of this version have other hashes than the lock: they were replaced"
    return NeveError(
        f"the index has none of the locked files of {package.name} {package.version}",
        where=where,
        why=why,
        fixes=[f"lock what the index has: `{lock.refresh}`", "or name the index that the lock was made with"],
    )


def locate_archive(lock: ForeignLock, package: LockedPackage, directory: Path, fetcher: Fetcher) -> Located:
    """The archive at a URL or at a path of the project. Where the lock has no hash of it, it is read to learn it.

    Raises NeveError where it is not the locked one, or not there.
    """
    source = package.source
    locked = _locked_hash(package)
    if isinstance(source, Url):
        url = without_credentials(source.url)
        name = unquote(urlsplit(url).path.rpartition("/")[2])
        if locked is not None:
            return Located(name=name, sha256=locked, url=url)
        content = fetcher.get(source.url, limit=_LARGEST, secure=True)  # its hash is learnt from it
        return Located(name=name, sha256=hashlib.sha256(content).hexdigest(), url=url, size=len(content))
    assert isinstance(source, Local)  # noqa: S101 - those of an index are located together
    path = inside(directory, source.path, f"{lock.file}, {package.where}")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise NeveError(
            f"cannot read {shown(source.path)}", where=f"{lock.file}, {package.where}", why=error.strerror or str(error)
        ) from None
    sha256 = hashlib.sha256(content).hexdigest()
    if locked is not None and sha256 != locked:
        raise NeveError(
            f"{source.path} is not the locked file",
            where=f"{lock.file}, {package.where}",
            why=f"expected sha256 {locked}\ngot      sha256 {sha256}",
            fixes=["take it back from version control", f"or lock the new one: `{lock.refresh}`"],
        )
    return Located(name=path.name, sha256=sha256, path=source.path, size=len(content))


def inside(directory: Path, path: str, where: str) -> Path:
    """``path`` below ``directory``. Raises NeveError where it is not there, or where a link leads out of it."""
    full = directory / path
    try:
        within = full.resolve(strict=True).is_relative_to(directory.resolve())
    except (OSError, RuntimeError):
        raise NeveError(f"there is no {shown(path)}", where=where, why="a package is to be taken from it") from None
    if not within:
        raise NeveError(f"{shown(path)} leads out of the project", where=where, why="neve sees nothing outside of it")
    return full


def _locked_hash(package: LockedPackage) -> str | None:
    source = package.source
    place = source.url if isinstance(source, Url) else source.path if isinstance(source, Local) else ""
    name = unquote(urlsplit(place).path.rpartition("/")[2])
    named: Mapping[str | None, File] = {file.name: file for file in package.files}
    chosen = named.get(name) or next(iter(package.files), None)
    return chosen.sha256 if chosen is not None else None


def of_index(package: LockedPackage) -> bool:
    """Whether the files of ``package`` are those of an index."""
    return isinstance(package.source, Registry)


__all__ = ["FoundFiles", "Located", "fits", "inside", "locate", "locate_archive", "of_index", "version_in"]
