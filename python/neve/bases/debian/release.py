"""InRelease: what an archive holds, signed by its keys (the repository format of deb-repository)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from neve.errors import NeveError
from neve.fetch import Artefact, redacted

if TYPE_CHECKING:
    from pysequoia import Cert

_KEYS = Path(__file__).with_name("keys")
_ENTRY = re.compile(r"\s+([0-9a-f]{64})\s+([0-9]+)\s+(\S+)")


@dataclass(frozen=True, kw_only=True)
class Release:
    """A verified InRelease; ``files`` gives the hash and the size in bytes of each index, by its path."""

    url: str
    suite: str
    codename: str
    by_hash: bool
    date: datetime | None
    valid_until: datetime | None
    files: Mapping[str, tuple[str, int]]

    def artefact(self, path: str) -> Artefact | None:
        """The index at ``path``, by its hash where the archive allows it; None where there is none."""
        if path not in self.files:
            return None
        sha256, size = self.files[path]
        base = self.url.rpartition("/")[0]
        folder, _, name = path.rpartition("/")
        by_hash = (f"{base}/{folder}/by-hash/SHA256/{sha256}",) if self.by_hash else ()
        return Artefact(name=name, urls=(*by_hash, f"{base}/{path}"), sha256=sha256, size=size)


def archive_keys(extra: Path | None = None) -> list[Cert]:
    """The certificates of Debian's archives, and those of the keyring ``extra``, armoured or binary.

    Raises NeveError where ``extra`` is none.
    """
    from pysequoia import Cert

    found = [cert for file in sorted(_KEYS.glob("*.asc")) for cert in Cert.split_bytes(file.read_bytes())]
    if extra is not None:
        try:
            found += Cert.split_bytes(extra.read_bytes())
        except (OSError, RuntimeError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else "it holds no OpenPGP certificates"
            raise NeveError("the keyring cannot be used", where=f"NEVE_DEBIAN_KEYRING={extra}", why=why) from error
    return found


def verified(data: bytes, keys: list[Cert], where: str) -> str:
    """The text that the cleartext signature in ``data`` covers (RFC 9580), when a key of ``keys`` made it.

    Raises NeveError where none did, or where ``data`` is not signed at all.
    """
    from pysequoia import verify

    fixes = [
        "use a mirror of Debian's own archive, or name the keyring of a private one in NEVE_DEBIAN_KEYRING",
        "where a proxy changes or replaces what it carries, go around it",
    ]
    if not data.lstrip().startswith(b"-----BEGIN PGP SIGNED MESSAGE-----"):
        raise NeveError("the archive's InRelease is not signed", where=where, why="it is something else", fixes=fixes)
    try:
        result = verify(bytes=data, store=lambda _: keys)
    except (RuntimeError, ValueError) as error:  # sequoia's text carries a backtrace
        why = (str(error).splitlines() or ["it is malformed"])[0]
        raise NeveError(
            "the archive's InRelease is not signed by a trusted key", where=where, why=why, fixes=fixes
        ) from error
    if not result.valid_sigs or result.bytes is None:
        raise NeveError("the archive's InRelease is not signed by a trusted key", where=where, fixes=fixes)
    return result.bytes.decode("utf-8", errors="replace")


def parse_release(text: str, *, url: str, dist: str) -> Release:
    """The Release that ``text`` is, which must be that of ``dist``. Raises NeveError where it is another."""
    fields: dict[str, str] = {}
    files: dict[str, tuple[str, int]] = {}
    name = ""
    for line in text.splitlines():
        if line[:1] in (" ", "\t"):
            entry = _ENTRY.fullmatch(line.rstrip()) if name == "sha256" else None
            if entry:
                files[entry[3]] = (entry[1], int(entry[2]))
        else:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            fields[name] = value.strip()
    where = redacted(url)
    codename, suite = fields.get("codename", ""), fields.get("suite", "")
    if dist not in (codename, suite):
        raise NeveError(
            f"the mirror gave another suite than {dist}",
            where=where,
            why=f"it is {codename or 'nameless'} ({suite or 'no suite'})",
            fixes=["use a mirror that carries this suite"],
        )
    if not files:
        raise NeveError("the archive's InRelease lists no files by SHA-256", where=where)
    return Release(
        url=url,
        suite=suite,
        codename=codename,
        by_hash=fields.get("acquire-by-hash", "no").lower() == "yes",
        date=_date(fields.get("date")),
        valid_until=_date(fields.get("valid-until")),
        files=files,
    )


def _date(text: str | None) -> datetime | None:
    from email.utils import parsedate_to_datetime

    try:
        found = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


__all__ = ["Release", "archive_keys", "parse_release", "verified"]
