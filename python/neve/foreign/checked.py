"""The parts that every foreign lock has, checked: names, versions, hashes, URLs, paths, markers."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import urlsplit

from neve.foreign.constraint import ANY, Constraint
from neve.foreign.marker import Marker, normalized
from neve.foreign.table import Table, shown

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,198}[A-Za-z0-9])?\Z")
_VERSION = re.compile(r"[0-9A-Za-z.!+_-]{1,128}\Z")
_SHA256 = re.compile(r"sha256[:=]([0-9a-fA-F]{64})\Z")
_OTHER_HASH = re.compile(r"(md5|sha1|sha224|sha384|sha512|blake2\w*)[:=]", re.I)
_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?\Z")
_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.!+-]{0,250}\Z")
_REFERENCE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./+@#=-]{0,250}\Z")
_PATH = re.compile(r"[\w .@+~,=()\[\]/-]{1,1024}\Z")
_URL = re.compile(r"""[^\s"'`\\<>{}|^\x00-\x20\x7f]{1,4096}\Z""")
_SCP = re.compile(r"(?P<user>[A-Za-z0-9._-]+)@(?P<host>[A-Za-z0-9.-]+):(?P<path>(?!/)[^\s:]+)\Z")
_ARCHIVE = (".whl", ".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")


def name_at(table: Table, key: str = "name") -> str:
    """The normalized project name at ``key`` (PEP 503); a mistake is noted, and "" returned."""
    return checked_name(table, table.text(key), key)


def checked_name(table: Table, name: str | None, key: str) -> str:
    """``name`` normalized, found at ``key``; a mistake is noted, and "" returned."""
    if name is None or not _NAME.match(name):
        table.problem(f"{shown(name)} is not the name of a package" if name is not None else "there is no name", key)
        return ""
    return normalized(name)


def version_at(table: Table, key: str = "version", *, prefix: str = "") -> str | None:
    """The version at ``key`` (PEP 440), after ``prefix``; a mistake is noted."""
    text = table.text(key)
    if text is None:
        return None
    version = text.removeprefix(prefix).strip()
    if not _VERSION.match(version) or not is_version(version):
        table.problem(f"{shown(text)} is not a version", key)
        return None
    return version


@lru_cache(maxsize=8192)
def is_version(text: str) -> bool:
    """Whether ``text`` is a version (PEP 440)."""
    from packaging.version import InvalidVersion, Version

    try:
        Version(text)
    except InvalidVersion:
        return False
    return True


def marker_of(table: Table, text: str | None, key: str) -> Marker | None:
    """``text``, found at ``key``, as a marker; None for none, and for a mistake, which is noted."""
    if text is None or not text.strip():
        return None
    try:
        return Marker(text)
    except ValueError as error:
        table.problem(f"{shown(text)} is not an environment marker", key, why=str(error)[:400])
        return None


def constraint_of(table: Table, text: str | None, key: str, read: Callable[[str], Constraint]) -> Constraint:
    """``text``, found at ``key``, as a constraint; every version for None, and for a mistake, which is noted."""
    if text is None:
        return ANY
    try:
        return read(text)
    except ValueError as error:
        table.problem(f"{shown(text)} is not a version constraint", key, why=str(error)[:400])
        return ANY


def sha256_of(table: Table, text: str | None, key: str) -> str | None:
    """The SHA-256 that ``text`` names; None for another kind of hash, and for a mistake, which is noted."""
    if text is None:
        return None
    if match := _SHA256.match(text):
        return match[1].lower()
    if not _OTHER_HASH.match(text):
        table.problem(f"{shown(text)} is not a hash", key)
    return None


def file_name_at(table: Table, key: str) -> str | None:
    """The plain file name at ``key``; a mistake is noted."""
    text = table.text(key)
    if text is None or _FILE.match(text):
        return text
    table.problem(f"{shown(text)} is not the name of a file of a package", key)
    return None


def url_of(table: Table, text: str | None, key: str) -> str | None:
    """``text`` where it is a URL of http, https or file; a mistake is noted. A fragment is taken off."""
    if text is None:
        return None
    if problem := url_problem(text):
        table.problem(f"{shown(_hidden(text))} is not a URL that neve fetches from", key, why=problem)
        return None
    return text.partition("#")[0]


def url_problem(text: str, schemes: tuple[str, ...] = ("http", "https", "file")) -> str | None:
    """Why ``text`` is not a URL of ``schemes``; None where it is one."""
    if not _URL.match(text):
        return "it holds characters that no URL has, or none"
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return str(error)
    if parts.scheme not in schemes:
        return f"it begins with none of {', '.join(schemes)}"
    return "it names no host" if not host and parts.scheme != "file" else None


def git_url_of(table: Table, text: str | None, key: str) -> str | None:
    """``text`` as the URL of a repository; ``git@host:path`` becomes one of ssh. A mistake is noted."""
    if text is None:
        return None
    url = text.removeprefix("git+").partition("#")[0]
    if match := _SCP.match(url):
        url = f"ssh://{match['user']}@{match['host']}/{match['path']}"
    if problem := url_problem(url, ("https", "http", "ssh", "git", "file")):
        table.problem(f"{shown(_hidden(text))} is not the URL of a repository", key, why=problem)
        return None
    return url


def commit_of(table: Table, text: str | None, key: str) -> str | None:
    """``text`` as a commit; a mistake is noted."""
    if text is not None and _COMMIT.match(text):
        return text
    table.problem(
        "the commit is not locked" if text is None else f"{shown(text)} is not a commit",
        key,
        why="a repository is pinned by 40 hexadecimal digits",
    )
    return None


def reference_of(table: Table, text: str | None, key: str) -> str | None:
    """``text`` as the name of a branch, tag or commit; a mistake is noted."""
    if text is None or (_REFERENCE.match(text) and ".." not in text):
        return text
    table.problem(f"{shown(text)} is not the name of a branch or tag", key)
    return None


def path_of(table: Table, text: str | None, key: str) -> str | None:
    """``text`` as a path inside the project, in its shortest form, "." for the project; a mistake is noted."""
    if text is None:
        return None
    plain = posixpath.normpath(text.removeprefix("file:")) if text else ""
    if not _PATH.match(plain) or plain.startswith(("/", "-")) or "\n" in text or plain.split("/")[0] == "..":
        table.problem(
            f"{shown(text)} is not a path inside the project",
            key,
            why="neve builds from the project's directory, and sees nothing outside of it",
        )
        return None
    return plain


def is_archive(path: str) -> bool:
    """Whether ``path`` names a wheel or a source distribution, and no directory."""
    return path.lower().endswith(_ARCHIVE)


def _hidden(url: str) -> str:
    return re.sub(r"(://)[^/@\s]+@", r"\1", url)


__all__ = [
    "checked_name",
    "commit_of",
    "constraint_of",
    "file_name_at",
    "git_url_of",
    "is_archive",
    "is_version",
    "marker_of",
    "name_at",
    "path_of",
    "reference_of",
    "sha256_of",
    "url_of",
    "url_problem",
    "version_at",
]
