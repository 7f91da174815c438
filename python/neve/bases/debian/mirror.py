"""Which mirror packages come from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from neve.bases.debian.suites import SUITES, ArchiveName
from neve.errors import NeveError
from neve.fetch import redacted

_SNAPSHOT = "http://snapshot.debian.org/archive"
_NAMES = frozenset({*SUITES, "bullseye", "sid", "stable", "oldstable", "testing", "unstable"})
_ARCHIVE_KEYRING = "debian-archive"


@dataclass(frozen=True, kw_only=True)
class Mirrors:
    """Base URLs, without a slash at the end, of the archive and of the security archive.

    ``origin`` says where they were learnt from; ``keyring`` holds keys to trust besides Debian's own.
    """

    main: str
    security: str
    origin: str
    keyring: Path | None = None

    def base(self, archive: ArchiveName) -> str:
        """The base URL of ``archive``."""
        return self.security if archive == "security" else self.main


@dataclass(frozen=True, kw_only=True)
class _Source:
    """An entry of apt's sources."""

    file: Path
    uri: str
    suites: tuple[str, ...]
    components: tuple[str, ...]
    signed_by: str


def find_mirrors(
    configured: str | None,
    environ: Mapping[str, str],
    apt: Path = Path("/etc/apt"),
    *,
    now: datetime | None = None,
) -> Mirrors:
    """The mirrors of NEVE_DEBIAN_MIRROR, ``configured``, the host's apt sources, or the snapshot service.

    NEVE_DEBIAN_SECURITY_MIRROR names the security archive and NEVE_DEBIAN_KEYRING more keys. ``now``
    dates the snapshot. Raises NeveError for a mirror that is no http, https or file URL.
    """
    security = environ.get("NEVE_DEBIAN_SECURITY_MIRROR")
    keyring = environ.get("NEVE_DEBIAN_KEYRING")
    origin = "the snapshot service, for want of a mirror"
    if main := environ.get("NEVE_DEBIAN_MIRROR"):
        origin = "NEVE_DEBIAN_MIRROR"
    elif main := configured:
        origin = "the configuration"
    elif found := _from_apt(apt):
        main, theirs, origin = found
        security = security or theirs
    else:
        day = f"{now or datetime.now(UTC):%Y%m%dT000000Z}"
        main = f"{_SNAPSHOT}/debian/{day}"
        security = security or f"{_SNAPSHOT}/debian-security/{day}"
    main = _checked(main, origin)
    return Mirrors(
        main=main,
        security=_checked(security, "NEVE_DEBIAN_SECURITY_MIRROR") if security else _security_of(main),
        origin=origin,
        keyring=Path(keyring) if keyring else None,
    )


def snapshots(dates: Mapping[ArchiveName, datetime]) -> dict[ArchiveName, str]:
    """Where Debian's snapshot service keeps archives of ``dates``: for when a mirror has dropped what it had.

    The service takes an archive in some hours after it was made, and answers for a time with the last one before it;
    so a day later is asked for. Empty where a date is not known.
    """
    roots: dict[ArchiveName, str] = {"main": "debian", "updates": "debian", "security": "debian-security"}
    return {
        archive: f"{_SNAPSHOT}/{roots[archive]}/{date.astimezone(UTC) + timedelta(days=1):%Y%m%dT%H%M%SZ}"
        for archive, date in dates.items()
    }


def _checked(url: str, origin: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    usable = parts.path if parts.scheme == "file" else parts.hostname
    if parts.scheme not in ("http", "https", "file") or not usable or re.search(r"[\s\x00-\x1f\"'\\]", url):
        raise NeveError(
            f"{redacted(url)!r} is no mirror",
            where=origin,
            fixes=["give an http, https or file URL such as https://mirror.example/debian"],
        )
    return url.rstrip("/")


def _security_of(main: str) -> str:
    head, slash, last = main.rpartition("/")
    return f"{head}{slash}debian-security" if last == "debian" else f"{main}-security"


def _from_apt(apt: Path) -> tuple[str, str | None, str] | None:
    """The archive, the security archive where there is one, and the file that names them."""
    sources = [source for source in _sources(apt) if _is_debian(source)]
    plain = [source for source in sources if any(_NAMES.intersection([suite]) for suite in source.suites)]
    if not plain:
        return None
    # Other vendors use Debian's codenames too, but sign with keys of their own, and have no -updates.
    updated = {source.uri for source in sources if any(suite.endswith("-updates") for suite in source.suites)}
    best = max(plain, key=lambda source: (_ARCHIVE_KEYRING in source.signed_by, source.uri in updated))
    secure = [s.uri for s in sources if any(suite.endswith(("-security", "/updates")) for suite in s.suites)]
    return best.uri, secure[0] if secure else None, str(best.file)


def _is_debian(source: _Source) -> bool:
    if "main" not in source.components or (source.signed_by and _ARCHIVE_KEYRING not in source.signed_by):
        return False
    return all(re.split(r"[-/]", suite)[0] in _NAMES for suite in source.suites)


def _sources(apt: Path) -> Iterator[_Source]:
    files = [apt / "sources.list", *sorted((apt / "sources.list.d").glob("*"))]
    for file in files:
        try:
            text = file.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        if file.suffix == ".sources":
            yield from _deb822(file, text)
        elif file.suffix == ".list":
            yield from _one_line(file, text)


def _deb822(file: Path, text: str) -> Iterator[_Source]:
    """Entries of the format of sources.list(5) that has fields."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    for stanza in re.split(r"\n\s*\n", "\n".join(lines)):
        fields: dict[str, str] = {}
        name = ""
        for line in stanza.splitlines():
            if line[:1] in (" ", "\t"):
                fields[name] = f"{fields.get(name, '')}\n{line.strip()}"
            elif ":" in line:
                name, _, value = line.partition(":")
                name = name.strip().lower()
                fields[name] = value.strip()
        if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes").lower() in (
            "no",
            "false",
        ):
            continue
        for uri in fields.get("uris", "").split():
            yield from _source(
                file, uri, fields.get("suites", ""), fields.get("components", ""), fields.get("signed-by", "")
            )


def _one_line(file: Path, text: str) -> Iterator[_Source]:
    """Entries of the format of sources.list(5) that has one a line."""
    for line in text.splitlines():
        match = re.match(
            r"\s*deb\s+(?:\[(?P<options>[^\]]*)\]\s*)?(?P<uri>\S+)\s+(?P<suite>\S+)\s+(?P<rest>[^#]*)", line
        )
        if match:
            signed = re.search(r"signed-by=(\S+)", match["options"] or "")
            yield from _source(file, match["uri"], match["suite"], match["rest"], signed[1] if signed else "")


def _source(file: Path, uri: str, suites: str, components: str, signed_by: str) -> Iterator[_Source]:
    if uri.startswith("mirror+file:"):  # Debian's cloud images: the file lists the mirrors, the best first
        uri = _first_line(Path(unquote(urlsplit(uri).path)))
    if urlsplit(uri).scheme in ("http", "https", "file"):
        yield _Source(
            file=file,
            uri=uri.rstrip("/"),
            suites=tuple(suites.split()),
            components=tuple(components.split()),
            signed_by=signed_by,
        )


def _first_line(path: Path) -> str:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return next((line.split()[0] for line in lines if line.strip() and not line.startswith("#")), "")


__all__ = ["Mirrors", "find_mirrors", "snapshots"]
