"""NVIDIA's forward compatibility libraries: found in NVIDIA's flat apt repositories, pinned, fetched."""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from neve.bases.debian.version import is_version, version_key
from neve.cuda.compat import compat
from neve.errors import NeveError
from neve.fetch import MissingError, redacted

if TYPE_CHECKING:
    from neve.fetch import Artefact, Fetcher
    from neve.lock.compat import CompatLock, CompatPin

MIRROR, KEYRING = "NEVE_CUDA_MIRROR", "NEVE_CUDA_KEYRING"
_WHERE = "tool.neve.cuda.compat"
_DEBIAN = {"x86_64": "amd64", "aarch64": "arm64"}
_NAME = re.compile(r"cuda-compat-(?P<version>[0-9]{2}-[0-9]+)\Z")
_FILE = re.compile(r"(\./)?(?P<path>([A-Za-z0-9+_~-][A-Za-z0-9+._~-]*/)*[A-Za-z0-9+_~-][A-Za-z0-9+._~-]*\.deb)\Z")
_LISTED = re.compile(r"^ ([0-9a-f]{64})[ \t]+([0-9]+)[ \t]+(?:\./)?(Packages(?:\.gz)?)[ \t]*$", re.MULTILINE)
_HASH = re.compile(r"[0-9a-f]{64}\Z")
_LIMIT = 64 << 20  # bytes of Packages


@dataclass(frozen=True, kw_only=True)
class _Offer:
    """A package of the repository: ``release`` is the CUDA that its driver is of ("13.0")."""

    release: str
    name: str
    version: str
    path: str
    sha256: str
    size: int


def mirror_of(environ: Mapping[str, str]) -> str:
    """The address of NVIDIA's repositories, or of their mirror, without a slash at the end. Raises NeveError."""
    url = environ.get(MIRROR) or compat().mirror
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    usable = parts.path if parts.scheme == "file" else parts.hostname
    if parts.scheme not in ("http", "https", "file") or not usable or re.search(r"[\s\x00-\x1f\"'\\$`{}]", url):
        raise NeveError(
            f"{redacted(url)!r} is no mirror",
            where=MIRROR,
            fixes=["give an http, https or file URL below which NVIDIA's repositories lie, such as debian12/x86_64"],
        )
    return url.rstrip("/")


def resolve_compat(
    fetcher: Fetcher,
    environ: Mapping[str, str],
    architectures: Sequence[str],
    *,
    wanted: str | None,
    held: CompatLock | None = None,
    upgrade: bool = False,
) -> CompatLock:
    """The libraries for CUDA ``wanted`` ("13.0"; "13": the newest of it; None: the newest of all): of that release, or
    of the next one of the same major version that the repositories of all ``architectures`` have.

    Where ``held`` ones will do, what they lack of ``architectures`` is added, if there is any of their release. Else,
    and with ``upgrade``, a release is chosen that further architectures of ``held`` have as well: another machine's.
    They are left out where there is none.

    Raises NeveError for a repository that is not there, not signed or without them, TransientError where it cannot be
    reached.
    """
    from neve.lock.compat import CompatLock

    mirror = mirror_of(environ)

    def offers(names: Iterable[str], *, needed: bool = True) -> dict[str, list[_Offer]]:
        places = {name: f"{mirror}/{compat().repositories[name]}" for name in names}
        return {name: _offers(fetcher, environ, place, name, needed=needed) for name, place in places.items()}

    found: dict[str, list[_Offer]] = {}
    pins: dict[str, CompatPin] = {pin.architecture: pin for pin in held.packages} if held is not None else {}
    release = held.version if held is not None and not upgrade and answers(held, wanted) else None
    if release is not None:
        found = offers(name for name in architectures if name not in pins)
    if release is None or (found and release not in _common(found)):
        found |= offers(name for name in architectures if name not in found)
        others = offers((name for name in pins if name not in found), needed=False)
        release = _choose(_common(found | others), wanted) or _choose(_common(found), wanted)
        if release is None:
            raise _none(_common(found), wanted, mirror)
        found |= others
        pins = pins if held is not None and held.version == release else {}
    for name, each in found.items():
        if any(offer.release == release for offer in each):
            pins[name] = _pin(each, release, name, mirror)
    return CompatLock(version=release, packages=tuple(pins[name] for name in sorted(pins)))


def _common(offers: Mapping[str, Sequence[_Offer]]) -> set[str]:
    """The releases that all architectures have."""
    return set.intersection(*({offer.release for offer in each} for each in offers.values()))


def _pin(offers: Sequence[_Offer], release: str, architecture: str, mirror: str) -> CompatPin:
    """The newest package of ``release``."""
    from neve.fetch.address import without_credentials
    from neve.lock.compat import CompatPin

    best = max((offer for offer in offers if offer.release == release), key=lambda offer: version_key(offer.version))
    url = without_credentials(f"{mirror}/{compat().repositories[architecture]}/{best.path}")
    data = {"architecture": architecture, "name": best.name, "version": best.version, "url": url}
    return CompatPin.model_validate({**data, "sha256": best.sha256, "size": best.size})


def answers(held: CompatLock, wanted: str | None) -> bool:
    """Whether the release that is ``held`` is one that :func:`resolve_compat` may choose."""
    return _choose({held.version}, wanted) is not None


def compat_artefacts(
    lock: CompatLock | None, architectures: Iterable[str], environ: Mapping[str, str]
) -> list[Artefact]:
    """What images for ``architectures`` have of ``lock``, which may have other machines' as well."""
    pins = [lock.package(name) for name in architectures] if lock is not None else []
    return [compat_artefact(pin, environ) for pin in pins if pin is not None]


def compat_artefact(pin: CompatPin, environ: Mapping[str, str]) -> Artefact:
    """The package and where it may be had: a mirror that the user names goes before the address that is locked."""
    from neve.fetch import Artefact

    urls = [pin.url]
    if environ.get(MIRROR):
        place = f"/{compat().repositories[pin.architecture]}/"
        _, known, path = pin.url.rpartition(place)
        urls.insert(0, mirror_of(environ) + place + (path if known else path.rpartition("/")[2]))
    return Artefact(name=pin.file, urls=tuple(dict.fromkeys(urls)), sha256=pin.sha256, size=pin.size)


def _choose(releases: set[str], wanted: str | None) -> str | None:
    """The release for ``wanted``; None where there is none. Libraries of a later one serve its whole major version."""
    parts = tuple(int(part) for part in wanted.split(".")) if wanted else ()
    fitting = sorted(key for release in releases if (key := _key(release))[: len(parts[:1])] == parts[:1])
    if len(parts) > 1:
        fitting = [key for key in fitting if key >= parts][:1]
    return f"{fitting[-1][0]}.{fitting[-1][1]}" if fitting else None


def _key(release: str) -> tuple[int, int]:
    major, _, minor = release.partition(".")
    return int(major), int(minor)


def _none(common: set[str], wanted: str | None, mirror: str) -> NeveError:
    there = ", ".join(sorted(common, key=_key)) or "none that all platforms have"
    return NeveError(
        f"there are no forward compatibility libraries for CUDA {wanted}" if wanted else "there are none",
        where=_WHERE,
        why=f"the repositories below {redacted(mirror)} have those of {there}",
        fixes=[
            "wait for NVIDIA to publish them, or take wheels of an older CUDA",
            "take `compat` out: drivers of the same major version need none",
        ],
    )


def _offers(
    fetcher: Fetcher, environ: Mapping[str, str], repository: str, architecture: str, *, needed: bool
) -> list[_Offer]:
    """The packages cuda-compat-X-Y of the ``repository``, which must be there, and have some, where it is ``needed``.
    Raises NeveError, TransientError.
    """
    try:
        text = _packages(fetcher, environ, repository)
    except MissingError:
        if needed:
            raise
        text = ""
    found = [offer for stanza in _stanzas(text) if (offer := _offer(stanza, _DEBIAN[architecture])) is not None]
    if needed and not found:
        raise NeveError(
            "the repository has no package cuda-compat",
            where=redacted(repository),
            fixes=[f"name a mirror of NVIDIA's own repositories in {MIRROR}"],
        )
    return found


def _packages(fetcher: Fetcher, environ: Mapping[str, str], repository: str) -> str:
    """The text of Packages: what InRelease promises where there are keys, else what an encrypted connection brings."""
    keyring = environ.get(KEYRING)
    if not keyring and urlsplit(repository).scheme == "http":
        raise NeveError(
            "nothing says that this repository is NVIDIA's",
            where=redacted(repository),
            why="the connection is not encrypted, and there is no key to check a signature with",
            fixes=[f"name a file with NVIDIA's key in {KEYRING}", f"or an https URL in {MIRROR}"],
        )
    promised = _promised(fetcher, repository, Path(keyring)) if keyring else None
    secure = promised is None  # what comes is checked by nothing else
    try:
        name, data = "Packages.gz", fetcher.get(f"{repository}/Packages.gz", limit=_LIMIT, secure=secure)
    except MissingError:
        name, data = "Packages", fetcher.get(f"{repository}/Packages", limit=_LIMIT, secure=secure)
    if promised is not None and promised.get(name) != (hashlib.sha256(data).hexdigest(), len(data)):
        raise NeveError(
            "the repository's index is not what its InRelease promises",
            where=redacted(f"{repository}/{name}"),
            fixes=["where the mirror is being updated, try again in some minutes"],
        )
    return (_unpacked(data, repository) if name.endswith(".gz") else data).decode("utf-8", "replace")


def _promised(fetcher: Fetcher, repository: str, keyring: Path) -> dict[str, tuple[str, int]]:
    """What the signed InRelease says of the indexes: hash and size by name."""
    from pysequoia import Cert

    from neve.bases.debian.release import verified

    where = redacted(f"{repository}/InRelease")
    try:
        keys = Cert.split_bytes(keyring.read_bytes())
    except (OSError, RuntimeError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it holds no OpenPGP certificates"
        raise NeveError("the keyring cannot be used", where=f"{KEYRING}={keyring}", why=why) from error
    data = fetcher.get(f"{repository}/InRelease", limit=_LIMIT)
    try:
        text = verified(data, keys, where)
    except NeveError as error:
        error.fixes = (f"name the keyring of the repository in {KEYRING}", "where a proxy changes it, go around it")
        raise
    section = text.partition("\nSHA256:")[2]
    return {name: (sha256, int(size)) for sha256, size, name in _LISTED.findall(section)}


def _unpacked(data: bytes, repository: str) -> bytes:
    """``data`` without gzip, of at most some bytes: it may not be verified."""
    import io

    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            text = stream.read(_LIMIT + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise NeveError(
            "the repository's index cannot be decompressed", where=redacted(repository), why=str(error)
        ) from error
    if len(text) > _LIMIT:
        raise NeveError("the repository's index is too large", where=redacted(repository), why=f"over {_LIMIT} bytes")
    return text


def _stanzas(text: str) -> Iterator[dict[str, str]]:
    """The fields of the stanzas that are of such packages, in small letters."""
    for stanza in re.split(r"\n\s*\n", text):
        if "cuda-compat-" in stanza:
            pairs = (line.partition(":") for line in stanza.splitlines() if line[:1] not in (" ", "\t"))
            yield {name.strip().lower(): value.strip() for name, _, value in pairs}


def _offer(stanza: Mapping[str, str], architecture: str) -> _Offer | None:
    """The package that ``stanza`` describes; None where it is another, or not as it should be."""
    name, path = _NAME.match(stanza.get("package", "")), _FILE.match(stanza.get("filename", ""))
    version, sha256, size = (stanza.get(key, "") for key in ("version", "sha256", "size"))
    if name is None or path is None or stanza.get("architecture") != architecture:
        return None
    if not (is_version(version) and _HASH.match(sha256) and size.isdecimal()):
        return None
    return _Offer(
        release=name["version"].replace("-", "."),
        name=name[0],
        version=version,
        path=path["path"],
        sha256=sha256,
        size=int(size),
    )


__all__ = ["KEYRING", "MIRROR", "answers", "compat_artefact", "compat_artefacts", "mirror_of", "resolve_compat"]
