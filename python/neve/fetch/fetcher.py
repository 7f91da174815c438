"""The fetcher: artefacts by hash into neve's cache, small documents into memory."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from neve.errors import NeveError, collected
from neve.fetch.address import redacted, without_credentials
from neve.fetch.artefact import Artefact
from neve.fetch.credentials import Origin
from neve.fetch.download import Download, tried
from neve.fetch.http import Opener
from neve.fetch.problem import FetchProblemError, as_error, merged, offline_error
from neve.files import locked
from neve.progress import Progress

_MIB = 1 << 20


class Page(NamedTuple):
    """A document: its bytes, its media type where the server tells it, and its URL, without credentials."""

    content: bytes
    media_type: str
    url: str


class Fetcher:
    """Fetches through ``cache``; ``offline`` uses what is there and nothing else.

    ``jobs`` files are fetched at once. ``credentials`` gives Authorization headers, asked when first needed; a URL's
    own go before them, and ~/.netrc after. May be shared by threads.
    """

    def __init__(
        self,
        cache: Path,
        progress: Progress,
        *,
        offline: bool = False,
        jobs: int = 8,
        credentials: Callable[[], Mapping[Origin, str]] = dict,
    ) -> None:
        self.cache = cache
        self.progress = progress
        self.offline = offline
        self.jobs = jobs
        self._opener = Opener(jobs, credentials)

    def learn(self, url: str) -> None:
        """Keep the credentials that ``url`` holds, for its server: it is written down without them."""
        self._opener.learn(url)

    def authorization(self, url: str) -> str | None:
        """The value of the Authorization header that ``url`` is fetched with. Raises ValueError for a malformed URL."""
        return self._opener.authorization(url)

    def path(self, artefact: Artefact) -> Path:
        """Where ``artefact`` lies once it is fetched."""
        return self.cache / "artefacts" / artefact.sha256[:2] / artefact.sha256 / artefact.name

    def fetch(self, artefacts: Sequence[Artefact]) -> list[Path]:
        """The files of ``artefacts``, in their order, fetched where they are missing and verified.

        Raises NeveError for what the user can put right (a file that is gone, a wrong hash, a full disk),
        TransientError where a server cannot be reached, with all the files that failed.
        """
        absent = {self.path(a): a for a in artefacts if not _present(self.path(a), a.size)}
        if absent and self.offline:
            raise offline_error(list(absent.values()))
        if absent:
            _Run(self._opener, self.progress, self.path).all_of(list(absent.values()), self.jobs)
        return [self.path(artefact) for artefact in artefacts]

    def get(self, url: str, *, limit: int = 256 * _MIB, secure: bool = False) -> bytes:
        """A small document of at most ``limit`` bytes, not cached; the caller verifies it, or asks for it ``secure``:
        then a redirect from https to http is an error.

        Raises MissingError where there is none, TransientError where the server cannot be reached,
        NeveError for all else.
        """
        return self.page(url, limit=limit, secure=secure).content

    def page(self, url: str, *, accept: str | None = None, limit: int = 256 * _MIB, secure: bool = False) -> Page:
        """Like :meth:`get`, with what the server says of the document; ``accept`` names media types that will do."""
        what = f"cannot read {redacted(url)}"
        if self.offline:
            raise NeveError(what, why="--offline forbids it", fixes=["run the same command without --offline"])

        def attempt() -> Page:
            content = bytearray()
            with self._opener.open(url, accept=accept, secure=secure) as body:
                for chunk in body.chunks:
                    content += chunk
                    if len(content) > limit:
                        raise FetchProblemError(url, f"it is larger than {limit} bytes")
            return Page(bytes(content), body.media_type, body.url or without_credentials(url))

        try:
            return tried(attempt, lambda: 0, threading.Event())
        except FetchProblemError as problem:
            raise as_error(what, [problem]) from problem

    def reach(self, url: str) -> None:
        """Ask for ``url`` once, and read nothing of it. Raises what :meth:`get` raises."""
        what = f"cannot reach {redacted(url)}"
        if self.offline:
            raise NeveError(what, why="--offline forbids it", fixes=["run the same command without --offline"])
        try:
            with self._opener.open(url):
                pass
        except FetchProblemError as problem:
            raise as_error(what, [problem]) from problem

    def sizes(self, urls: Sequence[str]) -> list[int]:
        """The bytes of the files at ``urls``, in their order, as the servers tell them before the first byte.

        Raises NeveError, also for a server that tells no length.
        """
        if urls and self.offline:
            raise NeveError(
                "cannot ask for the sizes of files",
                why="--offline forbids it",
                fixes=["run the same command without --offline"],
            )

        def size(url: str) -> int:
            def attempt() -> int:
                with self._opener.open(url) as body:
                    if body.length is None:
                        raise FetchProblemError(url, "the server does not tell its length")
                    return body.length

            try:
                return tried(attempt, lambda: 0, threading.Event())
            except FetchProblemError as problem:
                raise as_error(f"cannot learn the size of {redacted(url)}", [problem]) from problem

        with ThreadPoolExecutor(self.jobs) as pool:
            return list(pool.map(size, urls))


class _Run:
    """One call of fetch(): its threads, what failed, which hosts are down."""

    def __init__(self, opener: Opener, progress: Progress, path: Callable[[Artefact], Path]) -> None:
        self._opener = opener
        self._progress = progress
        self._path = path
        self._stop = threading.Event()
        self._down: dict[str, FetchProblemError] = {}
        self._failures: list[tuple[Artefact, Sequence[FetchProblemError]]] = []

    def all_of(self, artefacts: Sequence[Artefact], jobs: int) -> None:
        todo: queue.SimpleQueue[Artefact] = queue.SimpleQueue()
        done: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()
        # The largest first: a big file that begins last would run alone at the end.
        for artefact in sorted(artefacts, key=lambda a: -(a.size or 0)):
            todo.put(artefact)
        for _ in range(min(jobs, len(artefacts))):
            # Daemons: a thread that waits for a server must not keep the process from ending on Ctrl-C.
            threading.Thread(target=self._work, args=(todo, done), daemon=True).start()
        errors: list[BaseException] = []
        try:
            for _ in artefacts:
                error = done.get()
                if error is not None:
                    errors.append(error)
                    break
        finally:
            self._stop.set()
        for error in errors:
            if not isinstance(error, NeveError):
                raise error
        ours = [error for error in errors if isinstance(error, NeveError)]
        failed = collected([*ours, *filter(None, [merged(self._failures)])])
        if failed is not None:
            raise failed

    def _work(self, todo: queue.SimpleQueue[Artefact], done: queue.SimpleQueue[BaseException | None]) -> None:
        while not self._stop.is_set():
            try:
                artefact = todo.get_nowait()
            except queue.Empty:
                return
            try:
                self._one(artefact)
            except BaseException as error:  # the waiting thread raises it
                done.put(error)
            else:
                done.put(None)

    def _one(self, artefact: Artefact) -> None:
        target = self._path(artefact)
        with locked(target.parent / ".lock"):
            if _present(target, artefact.size):  # another process was faster
                return
            problems: list[FetchProblemError] = []
            for url in artefact.urls:
                download = Download(
                    opener=self._opener,
                    progress=self._progress,
                    artefact=artefact,
                    url=url,
                    target=target,
                    stop=self._stop,
                )
                host = urlsplit(url).netloc
                try:
                    if host in self._down:
                        raise self._down[host]
                    download.run()
                except FetchProblemError as problem:
                    problems.append(problem.at(url))
                    if problem.host_down:
                        self._down[host] = problem
                else:
                    return
            self._failures.append((artefact, problems))


def _present(path: Path, size: int | None) -> bool:
    try:
        found = path.stat().st_size
    except OSError:
        return False
    # A file gets its name once it is verified, but a crash of the machine may still cut it short.
    return size is None or found == size


__all__ = ["Fetcher", "Page"]
