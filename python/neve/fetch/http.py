"""Opening a URL: proxies, certificates, credentials, ranges, and what an answer means."""

from __future__ import annotations

import contextlib
import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

from neve.certificates import host_bundle
from neve.fetch.address import redacted, split_credentials
from neve.fetch.credentials import Origin, origin
from neve.fetch.problem import FetchProblemError

if TYPE_CHECKING:
    import urllib3

CHUNK = 1 << 18
_CONNECT_S = 10.0
_READ_S = 30.0
_RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Body:
    """What a URL answers: ``chunks`` from the byte ``start`` on; ``length`` is theirs, where told.

    ``media_type`` is what the server says that it is; ``url`` is where redirects led to, None where there were none.
    """

    start: int
    length: int | None
    chunks: Iterator[bytes]
    media_type: str = ""
    url: str | None = None


class Opener:
    """Opens http, https and file URLs; shared by threads."""

    def __init__(self, jobs: int, credentials: Callable[[], Mapping[Origin, str]] = dict) -> None:
        self._jobs = jobs
        self._credentials = cache(credentials)
        self._learned: dict[Origin, str] = {}
        self._lock = threading.Lock()
        self._pools: dict[str, urllib3.PoolManager] = {}

    def learn(self, url: str) -> None:
        """Keep the credentials that ``url`` holds, for its server; one that is malformed holds none."""
        with contextlib.suppress(ValueError):
            place = origin(url)
            if place is not None and "@" in urlsplit(url).netloc and (header := split_credentials(url)[1]):
                self._learned[place] = header

    def authorization(self, url: str) -> str | None:
        """The value of the Authorization header for ``url``: its own, one that was learnt for its server, one that was
        given for it, that of ~/.netrc. Raises ValueError for a malformed URL.
        """
        parts = urlsplit(url)
        own = split_credentials(url)[1]
        place = origin(url)
        if parts.scheme == "file" or place is None or "@" in parts.netloc:
            return own
        return self._learned.get(place) or self._credentials().get(place) or own

    @contextlib.contextmanager
    def open(self, url: str, start: int = 0, *, accept: str | None = None, secure: bool = False) -> Iterator[Body]:
        """Open ``url`` at byte ``start``, or at its beginning where the server knows no ranges (RFC 9110).

        ``accept`` names the media types that will do, best first; ``secure`` follows no redirect from https to http.
        Raises FetchProblemError, also while the chunks are read.
        """
        try:
            parts = urlsplit(url)
            bare, authorization = split_credentials(url)[0], self.authorization(url)
        except ValueError as error:
            raise FetchProblemError(url, f"the URL is malformed: {error}") from error
        if parts.scheme == "file":
            with _open_file(url, start) as body:
                yield body
        elif parts.scheme in ("http", "https") and parts.hostname:
            with self._open_http(url, bare, authorization, start, accept) as (body, steps):
                if secure:
                    _must_stay_encrypted([bare, *steps])
                yield body
        else:
            raise FetchProblemError(
                url, f"a URL of scheme {parts.scheme!r} cannot be fetched: http, https and file can"
            )

    @contextlib.contextmanager
    def _open_http(
        self, url: str, bare: str, authorization: str | None, start: int, accept: str | None
    ) -> Iterator[tuple[Body, list[str]]]:
        """The answer, and the URLs that redirects led through."""
        response = self._request(url, bare, authorization, start, accept)
        if start and response.status == 416:  # the file is shorter than what is here: that is not of it
            response.close()
            response = self._request(url, bare, authorization, 0, accept)
        try:
            if response.status not in (200, 206):
                raise _refused(url, response.status, response.headers.get("Retry-After"))
            length, steps = response.headers.get("Content-Length", ""), _steps(bare, response)
            body = Body(
                _first_byte(response.headers.get("Content-Range")) if response.status == 206 else 0,
                int(length) if length.isdecimal() else None,
                _chunks(url, response),
                response.headers.get("Content-Type", ""),
                steps[-1] if steps else None,
            )
            yield body, steps
        finally:
            # Closed rather than released: half-read answers must not be taken for the next one.
            if response.closed:
                response.release_conn()
            else:
                response.close()

    def _request(
        self, url: str, bare: str, authorization: str | None, start: int, accept: str | None
    ) -> urllib3.BaseHTTPResponse:
        import urllib3

        from neve import __version__

        # Identity: the hash is that of the file, not of a compressed transfer.
        headers = {"User-Agent": f"neve/{__version__}", "Accept-Encoding": "identity"}
        if authorization:
            headers["Authorization"] = authorization
        if accept:
            headers["Accept"] = accept
        if start:
            headers["Range"] = f"bytes={start}-"
        retries = urllib3.Retry(
            total=8, redirect=8, connect=0, read=0, status=0, other=0, respect_retry_after_header=False
        )
        try:
            return self._pool(bare).request(
                "GET",
                bare,
                headers=headers,
                preload_content=False,
                retries=retries,
                timeout=urllib3.Timeout(connect=_CONNECT_S, read=_READ_S),
            )
        except (urllib3.exceptions.HTTPError, UnicodeError, OSError) as error:
            raise _unreachable(url, error) from error

    def _pool(self, url: str) -> urllib3.PoolManager:
        proxy = _proxy(url)
        with self._lock:
            if proxy not in self._pools:
                self._pools[proxy] = _new_pool(proxy, self._jobs)
            return self._pools[proxy]


def _new_pool(proxy: str, jobs: int) -> urllib3.PoolManager:
    import ssl

    import urllib3

    context = ssl.create_default_context()
    defaults = ssl.get_default_verify_paths()
    # Interpreters that were built elsewhere look for certificates where the building system had them.
    if not (defaults.cafile or defaults.capath) and (bundle := host_bundle()) is not None:
        context.load_verify_locations(bundle)
    if not proxy:
        return urllib3.PoolManager(maxsize=jobs, ssl_context=context)
    bare, authorization = split_credentials(proxy)
    return urllib3.ProxyManager(
        bare,
        maxsize=jobs,
        ssl_context=context,
        proxy_headers={"Proxy-Authorization": authorization} if authorization else None,
    )


def _proxy(url: str) -> str:
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(url)
    proxies = getproxies()
    if proxy_bypass(parts.netloc.rpartition("@")[2]):
        return ""
    proxy = proxies.get(parts.scheme) or proxies.get("all") or ""
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"


def _chunks(url: str, response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    import urllib3

    try:
        yield from response.stream(CHUNK, decode_content=False)
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise _unreachable(url, error) from error


def _steps(bare: str, response: urllib3.BaseHTTPResponse) -> list[str]:
    """The URLs that redirects of ``bare`` led to, one after the other."""
    steps: list[str] = []
    for step in response.retries.history if response.retries is not None else ():
        if step.redirect_location:
            steps.append(urljoin(steps[-1] if steps else bare, step.redirect_location))
    return steps


def _must_stay_encrypted(urls: Sequence[str]) -> None:
    """Raise FetchProblemError where one of ``urls``, each redirected to the next, leaves https."""
    for before, after in pairwise(urls):
        if urlsplit(before).scheme == "https" and urlsplit(after).scheme != "https":
            raise FetchProblemError(
                before,
                f"it redirects to {redacted(after)}, which is not encrypted, and nothing else checks what comes",
                fixes=["name a server that stays with https"],
            )


def _first_byte(content_range: str | None) -> int:
    match = re.match(r"bytes (\d+)-", content_range or "")
    return int(match[1]) if match else 0


def _refused(url: str, status: int, retry_after: str | None) -> FetchProblemError:
    if status in _RETRIED:
        pause = float(retry_after) if retry_after and retry_after.isdecimal() else None
        return FetchProblemError(url, f"the server answers {status}", retry=True, transient=True, pause=pause)
    if status in (404, 410):
        return FetchProblemError(url, f"the server answers {status}: there is no such file", missing=True)
    if status in (401, 403, 407):
        fix = (
            "give credentials for this host in ~/.netrc (or the file that NETRC names); for a package index also in "
            "UV_INDEX_<NAME>_USERNAME and UV_INDEX_<NAME>_PASSWORD"
        )
        return FetchProblemError(url, f"the server answers {status}: it wants credentials, or others", fixes=[fix])
    return FetchProblemError(url, f"the server answers {status}", transient=status >= 500)


def _unreachable(url: str, error: Exception) -> FetchProblemError:
    """What ``error`` means, in words of our own: urllib3's text repeats the URL with its secrets."""
    import ssl

    import urllib3.exceptions as of

    host = urlsplit(url).hostname
    if isinstance(error, of.MaxRetryError) and error.reason is not None:
        error = error.reason
    through = ""
    if isinstance(error, of.ProxyError):
        through, error = "the proxy: ", error.original_error
    if isinstance(error, of.SSLError | ssl.SSLError):
        inner: object = next(iter(error.args), None)
        text = getattr(inner, "verify_message", "") or getattr(inner, "reason", "") or "handshake failed"
        fix = "name a file with the right certificate authority in SSL_CERT_FILE"
        return FetchProblemError(url, f"{through}no trusted connection to {host}: {text}", fixes=[fix])
    if isinstance(error, of.LocationParseError | of.LocationValueError | of.URLSchemeUnknown | UnicodeError):
        return FetchProblemError(url, "the URL is malformed, or redirects to one that is")
    if isinstance(error, of.ResponseError):
        return FetchProblemError(url, "the server redirects in circles")
    down = True
    if isinstance(error, of.NameResolutionError):
        why = f"the name {host} cannot be resolved"
    elif isinstance(error, of.ConnectTimeoutError) and not isinstance(error, of.NewConnectionError):
        why = f"{host} did not answer within {_CONNECT_S:.0f} s"
    elif isinstance(error, of.NewConnectionError):
        cause = error.__cause__ or error.__context__
        why = f"no connection to {host}: {getattr(cause, 'strerror', None) or 'it failed'}"
    elif isinstance(error, of.ReadTimeoutError | TimeoutError):
        why, down = f"{host} sent nothing for {_READ_S:.0f} s", False
    else:
        why, down = f"the connection to {host} broke off", False
    fixes = ["check the connection, and HTTP_PROXY/HTTPS_PROXY/NO_PROXY where there is a proxy; then try again"]
    return FetchProblemError(url, through + why, retry=True, transient=True, host_down=down, fixes=fixes)


@contextlib.contextmanager
def _open_file(url: str, start: int) -> Iterator[Body]:
    path = Path(unquote(urlsplit(url).path))
    try:
        with path.open("rb") as file:
            length = os.fstat(file.fileno()).st_size
            start = start if start <= length else 0
            file.seek(start)
            yield Body(start, length - start, iter(lambda: file.read(CHUNK), b""))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FetchProblemError(url, "there is no such file", missing=True) from error
    except IsADirectoryError as error:
        raise FetchProblemError(url, "it is a directory") from error
    except PermissionError as error:
        raise FetchProblemError(url, error.strerror or str(error), fixes=[f"make {path} readable"]) from error


__all__ = ["CHUNK", "Body", "Opener"]
