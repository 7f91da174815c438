"""Credentials of package indexes, as uv takes them: they go to the server that they are for, and nowhere else."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from neve.fetch.address import basic, without_credentials

_INDEXES = ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS")
_MIRRORS = ("NEVE_DEBIAN_MIRROR", "NEVE_DEBIAN_SECURITY_MIRROR")
_KEYRING_S = 30.0
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
    ``UV_INDEX_<NAME>_USERNAME`` and ``UV_INDEX_<NAME>_PASSWORD``; then, for an index without a password, what `uv auth
    login` stored, and with UV_KEYRING_PROVIDER=subprocess the `keyring` of the host, for the user that is named.
    """
    found: dict[Origin, str] = {}
    stored = _stored(environ)
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
        if not password:
            user, password = _from_store(stored, url, user) or (user, password)
        if user and not password and environ.get("UV_KEYRING_PROVIDER") == "subprocess":
            password = _from_keyring(url, user, environ)
        if password or (user and name):
            found[place] = basic(user, password)
    for service, user, password in stored:  # what no index is for: an archive, a git repository
        place = origin(service)
        if place is not None:
            found.setdefault(place, basic(user, password))
    return found


def _stored(environ: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Service, user and password of each entry in uv's own store (`uv auth dir`), where it is a file of plain text."""
    home = environ.get("HOME") or "/"
    data = environ.get("XDG_DATA_HOME") or f"{home}/.local/share"
    directory = environ.get("UV_CREDENTIALS_DIR") or f"{data}/uv/credentials"
    try:
        entries = tomllib.loads(Path(directory, "credentials.toml").read_text(encoding="utf-8"))["credential"]
        found = [[entry.get(key) for key in ("service", "username", "password")] for entry in entries]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []  # there is none, or uv complains of it
    return [
        (service, user or "", password)
        for service, user, password in found
        if isinstance(service, str) and isinstance(user, str | None) and isinstance(password, str)
    ]


def _from_store(stored: Sequence[tuple[str, str, str]], url: str, user: str) -> tuple[str, str] | None:
    """User and password of the entry whose service is the longest beginning of ``url``."""
    bare = without_credentials(url)
    fitting = [
        entry
        for entry in stored
        if origin(entry[0]) == origin(url)
        and f"{bare}/".startswith(entry[0].rstrip("/") + "/")
        and user in ("", entry[1])
    ]
    found = max(fitting, key=lambda entry: len(entry[0]), default=None)
    return found[1:] if found else None


def _from_keyring(url: str, user: str, environ: Mapping[str, str]) -> str:
    """What `keyring get` answers for the URL, else for its host, as uv asks it; empty where it knows nothing."""
    import subprocess

    parts = urlsplit(url)
    for service in (without_credentials(url), parts.netloc.rpartition("@")[2]):
        if service.startswith("-") or user.startswith("-"):
            return ""
        try:
            done = subprocess.run(
                ["keyring", "get", service, user],
                capture_output=True,
                stdin=subprocess.DEVNULL,
                text=True,
                env=dict(environ),
                timeout=_KEYRING_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
            return ""  # no keyring: the server says that it wants credentials
        if not done.returncode and done.stdout.strip():
            return done.stdout.strip("\n")
    return ""


def _from_environment(environ: Mapping[str, str]) -> Iterator[tuple[str | None, str]]:
    for variable in (*_INDEXES, *_MIRRORS):
        for word in re.split(r"[\s,]+" if variable == "UV_FIND_LINKS" else r"\s+", environ.get(variable, "")):
            name, equals, url = word.partition("=")
            named = bool(equals) and "://" not in name
            if word:
                yield (name, url) if named else (None, word)


__all__ = ["Origin", "index_credentials", "origin"]
