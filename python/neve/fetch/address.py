"""URLs: who may read them, and how they are shown."""

from __future__ import annotations

import base64
import os
from urllib.parse import unquote, urlsplit, urlunsplit


def redacted(url: str) -> str:
    """``url`` as it may be shown: without user, password and query, where tokens travel."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "(a malformed URL)"
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "***" if parts.query else "", ""))


def split_credentials(url: str) -> tuple[str, str | None]:
    """``url`` without user and password, and the value of the Authorization header that they make (RFC 7617).

    Where the URL names nobody, ``~/.netrc`` (or the file that NETRC names) is asked. Raises ValueError
    for a malformed URL.
    """
    parts = urlsplit(url)
    userinfo, at, _ = parts.netloc.rpartition("@")
    bare = without_credentials(url)
    if at:
        user, _, password = userinfo.partition(":")
        return bare, basic(unquote(user), unquote(password))
    return bare, _from_netrc(parts.hostname or "")


def without_credentials(url: str) -> str:
    """``url`` as it may be written down: without user and password. Raises ValueError for a malformed URL."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, parts.query, ""))


def basic(user: str, password: str) -> str:
    """The value of a header that authenticates ``user`` (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _from_netrc(host: str) -> str | None:
    from netrc import NetrcParseError, netrc

    path = os.environ.get("NETRC") or os.path.expanduser("~/.netrc")  # noqa: PTH111 - without HOME, Path raises
    try:
        found = netrc(path).authenticators(host)
    except (OSError, NetrcParseError, UnicodeDecodeError):
        return None  # as curl does: a netrc that cannot be read names nobody
    return basic(found[0], found[2] or "") if found else None


__all__ = ["basic", "redacted", "split_credentials", "without_credentials"]
