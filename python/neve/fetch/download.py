"""One artefact from one URL: resumed, verified, put in its place by a rename."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar

from neve.fetch.artefact import Artefact
from neve.fetch.http import CHUNK, Opener
from neve.fetch.problem import FetchProblemError
from neve.files import explained
from neve.progress import Progress

if TYPE_CHECKING:
    from hashlib import _Hash

T = TypeVar("T")

_PAUSES_S = (0.3, 1.2)  # before the second and the third try
_LONGEST_PAUSE_S = 5.0
_TRIES_IN_ALL = 30


class Download:
    """One artefact from one URL into its place."""

    def __init__(
        self,
        *,
        opener: Opener,
        progress: Progress,
        artefact: Artefact,
        url: str,
        target: Path,
        stop: threading.Event,
    ) -> None:
        self._opener = opener
        self._progress = progress
        self._artefact = artefact
        self._url = url
        self._target = target
        self._part = target.parent / f".{artefact.name}.part"
        self._stop = stop
        self._begun = False
        self._told = 0
        self._received = 0

    def run(self) -> None:
        """Raises FetchProblemError; NeveError where the cache cannot be written."""
        failed = True
        try:
            tried(self._attempt, lambda: self._received, self._stop)
            failed = False
        finally:
            if self._begun:
                self._progress.finish(self._target.as_posix(), failed=failed)

    def _attempt(self) -> None:
        artefact, part = self._artefact, self._part
        with explained(f"fetch {artefact.name}", part), part.open("a+b") as file:
            digest = _hash_of(file)
            have = file.tell()
            if artefact.size is not None and have > artefact.size:
                have = self._restart(file)
                digest = hashlib.sha256()
            resumed = have > 0
            if digest.hexdigest() != artefact.sha256 and have != artefact.size:
                have, digest, resumed = self._receive(file, have, digest)
            if artefact.size is not None and have < artefact.size:
                raise FetchProblemError(
                    self._url, f"it ended after {have} of {artefact.size} bytes", retry=True, transient=True
                )
            if digest.hexdigest() != artefact.sha256:
                self._restart(file)
                part.unlink(missing_ok=True)
                # What an earlier run left may be to blame: then once more from the beginning.
                raise FetchProblemError(
                    self._url,
                    f"the hash is not the pinned one\nexpected sha256 {artefact.sha256}\n"
                    f"got      sha256 {digest.hexdigest()}",
                    retry=resumed,
                    fixes=[
                        "ask who runs the server: the file was changed or replaced (nothing of it is kept)",
                        "where the change is wanted, lock anew",
                    ],
                )
            file.flush()
            os.fsync(file.fileno())
            part.chmod(0o644)
            part.replace(self._target)

    def _receive(self, file: BinaryIO, have: int, digest: _Hash) -> tuple[int, _Hash, bool]:
        size = self._artefact.size
        with self._opener.open(self._url, have) as body:
            if body.start != have:
                if body.start:
                    raise FetchProblemError(self._url, "the server sent another range than the one asked for")
                have, digest = self._restart(file), hashlib.sha256()
            self._begin(have + body.length if body.length is not None else None, have)
            resumed = have > 0
            for chunk in body.chunks:
                if self._stop.is_set():
                    raise FetchProblemError(self._url, "it was stopped", transient=True)
                have += len(chunk)
                if size is not None and have > size:
                    self._restart(file)
                    raise FetchProblemError(self._url, f"it is larger than the pinned {size} bytes", retry=resumed)
                file.write(chunk)
                digest.update(chunk)
                self._received += len(chunk)
                self._tell(have)
        return have, digest, resumed

    def _begin(self, total: int | None, have: int) -> None:
        if not self._begun:
            self._begun = True
            self._progress.start(self._target.as_posix(), self._artefact.name, self._artefact.size or total)
        self._tell(have)

    def _tell(self, have: int) -> None:
        if self._begun and have != self._told:
            self._progress.advance(self._target.as_posix(), have - self._told)
            self._told = have

    def _restart(self, file: BinaryIO) -> int:
        file.truncate(0)
        self._tell(0)
        return 0


def _hash_of(file: BinaryIO) -> _Hash:
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(4 * CHUNK):
        digest.update(chunk)
    return digest


def tried(attempt: Callable[[], T], received: Callable[[], int], stop: threading.Event) -> T:
    """What ``attempt`` returns, asked again where its problem may pass.

    An attempt that gained bytes starts the count anew.
    Raises the last FetchProblemError.
    """
    fruitless = 0
    for number in range(1, _TRIES_IN_ALL + 1):
        before = received()
        try:
            return attempt()
        except FetchProblemError as problem:
            fruitless = 1 if received() > before else fruitless + 1
            if not problem.retry or fruitless > len(_PAUSES_S) or number == _TRIES_IN_ALL:
                raise
            pause = _PAUSES_S[fruitless - 1] if problem.pause is None else min(problem.pause, _LONGEST_PAUSE_S)
        if stop.wait(pause):
            break
    raise FetchProblemError("", "it was stopped", transient=True)


__all__ = ["Download", "tried"]
