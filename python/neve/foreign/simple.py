"""The simple API of package indexes: HTML (PEP 503) and JSON (PEP 691), their versions (PEP 629), sizes (PEP 700)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urljoin, urlsplit

from neve.errors import NeveError, collected
from neve.foreign.checked import url_problem
from neve.foreign.table import shown

if TYPE_CHECKING:
    from neve.fetch import Fetcher, Page

ACCEPT = ", ".join(
    (
        "application/vnd.pypi.simple.v1+json",
        "application/vnd.pypi.simple.v1+html;q=0.2",
        "text/html;q=0.1",
    )
)
_LARGEST = 64 << 20  # bytes; the longest real pages have some MiB
_MAJOR = 1
_LONGEST = 255  # characters of a file name, as file systems have it
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_FRAGMENT = re.compile(r"(?:^|&)sha256=([0-9a-fA-F]{64})(?:&|$)")


@dataclass(frozen=True, kw_only=True)
class IndexFile:
    """A file that an index lists; ``sha256`` is hexadecimal, ``size`` in bytes, both None where it does not say."""

    name: str
    url: str
    sha256: str | None = None
    size: int | None = None


@dataclass(frozen=True, kw_only=True)
class PageOf:
    """The page of ``package`` in an index at ``url``; a ``flat`` index has one page for all packages."""

    url: str
    package: str
    flat: bool = False

    @property
    def address(self) -> str:
        """The URL of the page."""
        return self.url if self.flat else f"{self.url.rstrip('/')}/{self.package}/"


def ask_indexes(fetcher: Fetcher, wanted: Iterable[PageOf]) -> dict[PageOf, tuple[IndexFile, ...]]:
    """The files on each of the ``wanted`` pages, asked for at once; none for a page that is not there.

    Raises NeveError with all pages that cannot be read, TransientError where an index does not answer.
    """
    from neve.fetch import MissingError, redacted

    def files(page: PageOf) -> tuple[IndexFile, ...] | NeveError:
        try:
            found = fetcher.page(page.address, accept=ACCEPT, limit=_LARGEST)
            return index_files(found, where=redacted(page.address))
        except MissingError:
            return ()
        except NeveError as error:
            return error

    pages = list(dict.fromkeys(wanted))
    with ThreadPoolExecutor(fetcher.jobs) as pool:
        found = dict(zip(pages, pool.map(files, pages), strict=True))
    if (problem := collected(each for each in found.values() if isinstance(each, NeveError))) is not None:
        raise problem
    return {page: each for page, each in found.items() if not isinstance(each, NeveError)}


def index_files(page: Page, *, where: str) -> tuple[IndexFile, ...]:
    """The files that a page lists, whichever form it has. Raises NeveError for one that neve cannot read."""
    text = page.content.decode("utf-8", errors="replace")
    if "json" in page.media_type.partition(";")[0].lower():
        return tuple(_json_files(text, page.url, where))
    return tuple(_html_files(text, page.url, where))


def _json_files(text: str, base: str, where: str) -> Iterable[IndexFile]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = None
    files = data.get("files") if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping) or not isinstance(files, list):
        raise _unreadable(where, "it is no page of PEP 691")
    meta = data.get("meta")
    _check_version(meta.get("api-version") if isinstance(meta, Mapping) else None, where)
    for entry in files:
        if isinstance(entry, Mapping):
            name, url, hashes, size = (entry.get(key) for key in ("filename", "url", "hashes", "size"))
            sha256 = hashes.get("sha256") if isinstance(hashes, Mapping) else None
            if isinstance(name, str) and isinstance(url, str):
                yield from _file(name, base, url, sha256, size)


def _html_files(text: str, base: str, where: str) -> Iterable[IndexFile]:
    parser = _Links()
    try:
        parser.feed(text)  # without close(), which looks anew for the end of each thing that has none: the square
    except (AssertionError, ValueError) as error:  # a declaration that the parser of Python does not know
        raise _unreadable(where, str(error)) from None
    _check_version(parser.version, where)
    for href in parser.links:
        address, _, fragment = href.partition("#")
        match = _FRAGMENT.search(fragment)
        name = unquote(address.partition("?")[0].rstrip("/").rpartition("/")[2])
        yield from _file(name, _joined(base, parser.base), address, match[1] if match else None, None)


def _file(name: str, base: str, url: str, sha256: Any, size: Any) -> Iterable[IndexFile]:
    """The file, unless its URL is none that neve fetches from, or its name none of a file: then the index does not have
    it.
    """
    address = _joined(base, url)
    if len(name) > _LONGEST or url_problem(address) or urlsplit(address).username:
        return
    if address.startswith("file:") and not base.startswith("file:"):  # no server says what lies on this machine
        return
    digest = sha256.lower() if isinstance(sha256, str) else ""
    known = size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None
    yield IndexFile(name=name, url=address, sha256=digest if _SHA256.match(digest) else None, size=known)


def _joined(base: str, url: str | None) -> str:
    if url is not None and url.startswith(("https://", "http://")):  # most are, and pages have thousands
        return url
    try:
        return urljoin(base, url) if url else base
    except ValueError:
        return ""


class _Links(HTMLParser):
    """Collects links, the base that they are relative to, and the version of the API."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.base: str | None = None
        self.version: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a link, a base or the version."""
        values = dict(attrs)
        href = values.get("href")
        if tag == "a" and href:
            self.links.append(href)
        elif tag == "base" and self.base is None:
            self.base = href
        elif tag == "meta" and (values.get("name") or "").lower() == "pypi:repository-version":
            self.version = values.get("content")


def _check_version(version: Any, where: str) -> None:
    if version is None:
        return
    major = version.partition(".")[0] if isinstance(version, str) else ""
    if not major.isdecimal() or int(major[:9]) > _MAJOR:
        raise NeveError(
            "the index has a version of the simple API that neve does not know",
            where=where,
            why=f"it is {shown(version)}; neve reads {_MAJOR}.x (PEP 629)",
            fixes=["upgrade neve, or use another index"],
        )


def _unreadable(where: str, why: str) -> NeveError:
    return NeveError(
        "the index gives a page that is none of the simple API",
        where=where,
        why=why,
        fixes=["is it the URL of the index, as pip takes it? It often ends in /simple"],
    )


__all__ = ["IndexFile", "PageOf", "ask_indexes", "index_files"]
