"""Nix's internal-json log: what it tells of builds and downloads becomes progress, what went wrong is kept.

Each line is ``@nix`` and a JSON object; the numbers are those of Nix's ``ActivityType`` and ``ResultType``.
"""

from __future__ import annotations

import json
import re
from collections import deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from neve.errors import NeveError
from neve.nix.store_path import path_name
from neve.progress import Progress

_COPY_PATH, _FILE_TRANSFER, _BUILDS, _BUILD, _SUBSTITUTE = 100, 101, 104, 105, 108
_BUILD_LOG_LINE, _PROGRESS, _POST_BUILD_LOG_LINE = 101, 105, 107
_ERROR, _WARNING = 0, 1
_TAIL = 500  # what a compiler lacks, it says long before its callers have given up
_USER_INFO = re.compile(r"(?<=://)[^/@\s']+@")
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
# About settings: the first where a daemon does not trust this user, the second where this Nix is older.
_IDLE_TALK = re.compile(
    r"ignoring the client-specified setting|unknown (?:experimental )?(?:setting|feature)|untrusted|; retrying in "
)


@dataclass
class _Activity:
    kind: int
    key: str
    text: str
    shown: bool = False
    done: int = 0


@dataclass
class Log:
    """Reads the log line by line; afterwards holds the errors and the last lines of each build."""

    progress: Progress
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    tails: dict[str, deque[str]] = field(default_factory=dict)
    _activities: dict[int, _Activity] = field(default_factory=dict)
    _builds_done: int = 0
    _builds_failed: int = 0
    _builds_seen: int = 0

    def feed(self, line: bytes) -> None:
        """Take one line of Nix's standard error."""
        if not line.startswith(b"@nix "):
            self._foreign(line)
            return
        try:
            event = json.loads(line[5:])
            handle = {"start": self._start, "result": self._result, "stop": self._stop, "msg": self._message}
            handle[event["action"]](event)
        except (ValueError, KeyError, IndexError, TypeError):
            # A Nix newer than these lines may word something otherwise; a build must not fail for it.
            return

    def close(self) -> None:
        """End what is shown still, as failed: Nix ended in the middle of it."""
        for activity in self._activities.values():
            if activity.shown:
                self.progress.finish(activity.key, failed=True)
        self._activities.clear()

    def _foreign(self, line: bytes) -> None:
        text = plain(line.decode(errors="replace")).rstrip()
        if text:
            self.errors.append(text)

    def _message(self, event: dict[str, Any]) -> None:
        text = plain(event["msg"])
        if event["level"] == _ERROR:
            self.errors.append(text.removeprefix("error:").strip())
        elif event["level"] == _WARNING and not _IDLE_TALK.search(text):
            self.warnings.append(text.removeprefix("warning:").strip())

    def _start(self, event: dict[str, Any]) -> None:
        kind, identity = event["type"], event["id"]
        fields = event.get("fields", [])
        if kind == _BUILD:
            derivation = fields[0]
            activity = _Activity(kind, derivation, _name(derivation))
            self.tails[derivation] = deque(maxlen=_TAIL)
            self._show(activity, None)
        elif kind == _FILE_TRANSFER:
            activity = _Activity(kind, f"download {identity}", _file(fields[0]))
        elif kind == _COPY_PATH:
            activity = _Activity(kind, f"copy {identity}", _name(fields[0]))
        elif kind == _BUILDS:
            activity = _Activity(kind, "builds", "")
        else:
            return
        self._activities[identity] = activity

    def _result(self, event: dict[str, Any]) -> None:
        activity = self._activities.get(event["id"])
        if activity is None:
            return
        kind, fields = event["type"], event["fields"]
        if kind in (_BUILD_LOG_LINE, _POST_BUILD_LOG_LINE) and activity.kind == _BUILD:
            self.tails[activity.key].append(plain(fields[0]))
        elif kind == _PROGRESS and activity.kind == _BUILDS:
            self._builds_done, self._builds_failed = fields[0], fields[3]
        elif kind == _PROGRESS:
            self._advance(activity, done=fields[0], total=fields[1])

    def _advance(self, activity: _Activity, *, done: int, total: int) -> None:
        if not activity.shown:
            if not done and not total:
                return
            self._show(activity, total or None)
        if done > activity.done:
            self.progress.advance(activity.key, done - activity.done)
            activity.done = done

    def _stop(self, event: dict[str, Any]) -> None:
        activity = self._activities.pop(event["id"], None)
        if activity is None or not activity.shown:
            return
        failed = False
        if activity.kind == _BUILD:
            # A stop does not say how it ended, but the count of the builds done goes up before a good one.
            if self._builds_done > self._builds_seen:
                self._builds_seen += 1
            else:
                failed = self._builds_failed > 0
        self.progress.finish(activity.key, failed=failed)

    def _show(self, activity: _Activity, total: int | None) -> None:
        activity.shown = True
        self.progress.start(activity.key, activity.text, total)


def plain(text: str) -> str:
    """``text`` without the terminal's escape sequences, and without names and passwords in URLs."""
    return _USER_INFO.sub("***@", _ANSI.sub("", text))


def _name(store_path: str) -> str:
    try:
        return path_name(store_path).removesuffix(".drv")
    except NeveError:
        return store_path


def _file(url: str) -> str:
    # The last part alone: user names, passwords and tokens sit in the others.
    parts = urlsplit(url)
    return parts.path.rpartition("/")[2] or parts.hostname or "download"


__all__ = ["Log", "plain"]
