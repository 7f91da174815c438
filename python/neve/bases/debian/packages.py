"""From a mirror to verified Packages files in neve's cache."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from neve.bases.debian.mirror import Mirrors
from neve.bases.debian.release import Release, archive_keys, parse_release, verified
from neve.bases.debian.suites import ArchiveName, Suite
from neve.errors import NeveError
from neve.fetch import Artefact, Fetcher, MissingError, redacted
from neve.files import explained, locked, write_atomic
from neve.progress import Progress

if TYPE_CHECKING:
    from pysequoia import Cert

_CHUNK = 1 << 20
_LIMIT = 16 << 20  # an InRelease has some 150 KB


def packages_files(
    suite: Suite, architecture: str, mirrors: Mirrors, fetcher: Fetcher, progress: Progress
) -> list[tuple[ArchiveName, Path, datetime | None]]:
    """The Packages file of each archive of ``suite``, decompressed, verified from the archive's keys down; with the
    date of the archive's InRelease.

    Raises NeveError for what is not there or not signed, TransientError where the mirror cannot be reached.
    """
    keys = archive_keys(mirrors.keyring)
    wanted: list[tuple[ArchiveName, Path, Release, str]] = []
    for archive, dist in suite.archives.items():
        release = read_release(f"{mirrors.base(archive)}/dists/{dist}/InRelease", dist, keys, mirrors, fetcher)
        path = _packages_path(release, "main", architecture)
        wanted.append((archive, _kept(fetcher, f"{dist}-{architecture}", release, path), release, path))
    _warn_of_age([release for _, _, release, _ in wanted], progress)
    if any(not place.exists() for _, place, _, _ in wanted):
        _fill([(place, release, path) for _, place, release, path in wanted], fetcher, mirrors)
    return [(archive, place, release.date) for archive, place, release, _ in wanted]


def component_file(
    suite: Suite, component: str, architecture: str, mirrors: Mirrors, fetcher: Fetcher
) -> tuple[Path, datetime | None]:
    """The Packages file of one ``component`` ("non-free") of the suite's main archive, as :func:`packages_files`.

    Raises MissingError where the mirror does not carry it, and as that does.
    """
    dist = suite.codename
    keys = archive_keys(mirrors.keyring)
    release = read_release(f"{mirrors.main}/dists/{dist}/InRelease", dist, keys, mirrors, fetcher)
    path = _packages_path(release, component, architecture)
    place = _kept(fetcher, f"{dist}-{component}-{architecture}", release, path)
    if not place.exists():
        _fill([(place, release, path)], fetcher, mirrors)
    return place, release.date


def _kept(fetcher: Fetcher, directory: str, release: Release, path: str) -> Path:
    """Where the cache has the Packages file at ``path`` of ``release``: older ones of ``directory`` are removed."""
    return fetcher.cache / "debian" / directory / f"{release.files[path][0]}.packages"


def _fill(wanted: list[tuple[Path, Release, str]], fetcher: Fetcher, mirrors: Mirrors) -> None:
    """Fetch and decompress what is missing of ``wanted``: its place, its release, its path there."""
    # One process at a time: the compressed files go as soon as they are not needed, and may be shared
    # (all empty indexes have one hash).
    with locked(fetcher.cache / "debian" / ".lock"):
        missing = [entry for entry in wanted if not entry[0].exists()]
        artefacts = [artefact for _, release, path in missing if (artefact := release.artefact(path))]
        files = _fetched(artefacts, fetcher, mirrors)
        for (place, release, path), file in zip(missing, files, strict=True):
            _decompress(file, place, release.files.get(path.removesuffix(".xz").removesuffix(".gz")))
        for file in files:
            file.unlink(missing_ok=True)


def read_release(url: str, dist: str, keys: list[Cert], mirrors: Mirrors, fetcher: Fetcher) -> Release:
    """The InRelease at ``url``, which must be that of ``dist``; offline, the one that was read last.

    Raises NeveError where there is none or it is not signed, TransientError where the mirror cannot be reached.
    """
    kept = fetcher.cache / "debian" / "releases" / f"{dist}-{hashlib.sha256(url.encode()).hexdigest()[:16]}"
    where = redacted(url)
    if fetcher.offline:
        try:
            data = kept.read_bytes()
        except OSError:
            raise NeveError(
                f"the index of {dist} is not in the cache",
                where=where,
                why="--offline forbids fetching it",
                fixes=["run the same command once without --offline"],
            ) from None
        return parse_release(verified(data, keys, where), url=url, dist=dist)
    try:
        data = fetcher.get(url, limit=_LIMIT)
    except MissingError as error:
        variable = "NEVE_DEBIAN_SECURITY_MIRROR" if dist.endswith("-security") else "NEVE_DEBIAN_MIRROR"
        raise MissingError(
            f"the mirror has no suite {dist}",
            where=error.where,
            why=f"{error.why}\nthe mirror comes from {mirrors.origin}",
            fixes=[f"name a mirror that carries {dist} in {variable}"],
        ) from error
    release = parse_release(verified(data, keys, where), url=url, dist=dist)
    write_atomic(kept, data)
    return release


def _warn_of_age(releases: Sequence[Release], progress: Progress) -> None:
    now = datetime.now(UTC)
    ends = {r.codename: r.valid_until for r in releases if r.valid_until is not None and r.valid_until < now}
    if ends:
        progress.note(
            f"the mirror's index of {', '.join(ends)} was valid until {min(ends.values()):%Y-%m-%d} and may "
            "lack security updates (that is right for a mirror which is frozen on purpose)"
        )


def _packages_path(release: Release, component: str, architecture: str) -> str:
    base = f"{component}/binary-{architecture}/Packages"
    for path in (f"{base}.xz", f"{base}.gz", base):
        if path in release.files:
            return path
    named = "packages" if component == "main" else f"{component} packages"
    raise MissingError(
        f"{release.codename} has no {named} for {architecture}",
        where=redacted(release.url),
        fixes=["use a mirror that carries this architecture"],
    )


def _fetched(artefacts: list[Artefact], fetcher: Fetcher, mirrors: Mirrors) -> list[Path]:
    try:
        return fetcher.fetch(artefacts)
    except NeveError as error:
        for one in error.errors:
            if isinstance(one, MissingError) or "the hash is not the pinned one" in (one.why or ""):
                fix = f"where the mirror ({mirrors.origin}) is being updated, try again in some minutes"
                one.fixes = (*one.fixes, fix)
        raise


def _decompress(file: Path, place: Path, expected: tuple[str, int] | None) -> None:
    """Decompress ``file`` to ``place``; ``expected`` is the hash and the size that the result must have."""
    new = place.with_suffix(".new")
    digest = hashlib.sha256()
    size = 0
    with explained("keep the index", place):
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            with new.open("wb") as out:
                for chunk in _chunks(file):
                    digest.update(chunk)
                    size += len(chunk)
                    if expected is not None and size > expected[1]:
                        break
                    out.write(chunk)
            if expected is not None and (digest.hexdigest(), size) != expected:
                raise NeveError("the archive's index is not what its InRelease promises", where=file.name)
        except BaseException:
            new.unlink(missing_ok=True)  # it may be what filled the disk
            raise
        for old in place.parent.glob("*.packages"):
            old.unlink(missing_ok=True)  # who has it mapped keeps it
        new.replace(place)


def _chunks(file: Path) -> Iterator[bytes]:
    import gzip
    import lzma
    import zlib

    openers: dict[str, Callable[..., object]] = {".xz": lzma.open, ".gz": gzip.open}
    try:
        with cast("IO[bytes]", openers.get(file.suffix, open)(file, "rb")) as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk
    except (lzma.LZMAError, zlib.error, gzip.BadGzipFile, EOFError) as error:
        raise NeveError("the archive's index cannot be decompressed", where=file.name, why=str(error)) from error


__all__ = ["component_file", "packages_files", "read_release"]
