"""Credentials of package indexes, as uv takes them: they go to the server that they are for, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from neve.fetch.address import basic

_INDEXES = ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS")
_MIRRORS = ("NEVE_DEBIAN_MIRROR", "NEVE_DEBIAN_SECURITY_MIRROR")
_PORTS = {"http": 80, "https": 443}


class Origin(NamedTuple):
    """What credentials are for: RFC 6454's scheme, host and port."""

    scheme: str
    host: str
    port: int


def origin(url: str) -> Origin | None:
    """The origin of ``url``; None for one that is malformed, or of a scheme without hosts."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    return Origin(parts.scheme, parts.hostname, port) if parts.hostname and port else None


def index_credentials(indexes: Sequence[tuple[str | None, str]], environ: Mapping[str, str]) -> dict[Origin, str]:
    """The value of the Authorization header for each origin that ``indexes`` (name and URL) or ``environ`` give
    credentials for.

    Read are the URLs themselves, those of uv's variables and of neve's for mirrors, and, for an index with a name,
    ``UV_INDEX_<NAME>_USERNAME`` and ``UV_INDEX_<NAME>_PASSWORD``.
    """
    found: dict[Origin, str] = {}
    for name, url in (*_from_environment(environ), *indexes):
        place = origin(url)
        if place is None or place in found:
            continue
        parts = urlsplit(url)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        if name:
            key = re.sub(r"[^A-Z0-9]", "_", name.upper())
            user = environ.get(f"UV_INDEX_{key}_USERNAME") or user
            password = environ.get(f"UV_INDEX_{key}_PASSWORD") or password
        if password or (user and name):
            found[place] = basic(user, password)
    return found


def _from_environment(environ: Mapping[str, str]) -> Iterator[tuple[str | None, str]]:
    for variable in (*_INDEXES, *_MIRRORS):
        for word in re.split(r"[\s,]+" if variable == "UV_FIND_LINKS" else r"\s+", environ.get(variable, "")):
            name, equals, url = word.partition("=")
            named = bool(equals) and "://" not in name
            if word:
                yield (name, url) if named else (None, word)


__all__ = ["Origin", "index_credentials", "origin"]
