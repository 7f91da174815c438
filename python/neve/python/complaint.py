"""What uv complains of, as errors with a place and remedies."""

from __future__ import annotations

import re
from collections.abc import Sequence

from neve.errors import NeveError, TransientError

_NETWORK = re.compile(
    r"error sending request|dns error|connection (?:refused|reset)|timed out|tcp connect"
    r"|5\d\d (?:Internal|Bad Gateway|Service|Gateway)|HTTP status server error",
    re.I,
)
_NEWER = re.compile(r"`uv\.lock` uses an unsupported schema version")
_BROKEN = re.compile(r"Failed to parse `uv\.lock`")
_STALE = re.compile(r"needs to be updated, but `--(?:check|locked)` was provided")
_LINE = re.compile(r"TOML parse error at line (\d+)")
_UNKNOWN = re.compile(r"(Extra|Group) `([^`]*)` is not defined")
_CONFLICT = re.compile(r"^(?:error: )?(.+) are incompatible with the (?:declared )?conflicts", re.M)
_UNAUTHORIZED = re.compile(r"\b(?:401 Unauthorized|403 Forbidden)|[Mm]issing credentials")
_REFUSED = re.compile(r"\(os error (?:1|13|30)\)")
_FULL = re.compile(r"\(os error (?:28|122)\)|No space left on device")


def complaint(said: str, what: str, *, directory: str, offline: bool, fixes: Sequence[str]) -> NeveError:
    """The error for a uv that failed and ``said`` so on standard error.

    ``what`` and ``fixes`` are for what is not known better.
    """
    why = _reason(said)
    line = _LINE.search(why)
    if _NEWER.search(why):
        return NeveError(
            "uv.lock has a newer format than this uv reads",
            where="uv.lock, version",
            why=why,
            fixes=[
                "a newer uv reads it: pip install --upgrade uv, where neve is installed",
                "or write it anew with this one: rm uv.lock && neve lock",
            ],
        )
    if _BROKEN.search(why):
        return NeveError(
            "uv.lock is not valid",
            where=f"uv.lock:{line[1]}" if line else "uv.lock",
            why=why,
            fixes=["take it back from version control", "or write it anew: rm uv.lock && neve lock"],
        )
    if unknown := _UNKNOWN.search(why):
        return _unknown(unknown[1].lower(), unknown[2], why)
    if conflict := _CONFLICT.search(why):
        return _conflict(conflict[1], why)
    if _STALE.search(why):
        return NeveError(what, where="uv.lock", why="pyproject.toml has changed since it was written", fixes=fixes)
    where = directory
    if line and "Failed to parse: pyproject.toml" in why:
        where = f"pyproject.toml:{line[1]}"
    if _FULL.search(why):
        fixes = ["free some space there; uv's cache moves with UV_CACHE_DIR or XDG_CACHE_HOME"]
    elif _REFUSED.search(why):
        fixes = ["make it writable for this user; uv's cache moves with UV_CACHE_DIR or XDG_CACHE_HOME"]
    elif _UNAUTHORIZED.search(why):
        fixes = [
            "give credentials for the index in ~/.netrc, UV_INDEX_<NAME>_USERNAME and UV_INDEX_<NAME>_PASSWORD,"
            " or in the URL of UV_INDEX or UV_DEFAULT_INDEX"
        ]
    elif offline:
        fixes = ["run the same command once without --offline", *fixes]
    kind = TransientError if _NETWORK.search(why) and not offline else NeveError
    return kind(what, where=where, why=why, fixes=fixes)


def _unknown(kind: str, name: str, why: str) -> NeveError:
    """The project lacks an extra or a group that [tool.neve] names."""
    table = "project.optional-dependencies" if kind == "extra" else "dependency-groups"
    return NeveError(
        f"the project has no {kind} {name!r}",
        where=f"pyproject.toml, tool.neve.{kind}s",
        why=why,
        fixes=[f"name one that {table} has"],
    )


def _conflict(named: str, why: str) -> NeveError:
    """Extras and groups that tool.uv.conflicts says exclude each other; ``named`` is uv's list of them."""
    keys = [f"tool.neve.{key}s" for key in ("extra", "group") if re.search(key, named, re.I)]
    return NeveError(
        f"{named[0].lower()}{named[1:]} exclude each other".replace("`", "'"),
        where=f"pyproject.toml, {' and '.join(keys) or 'tool.uv.conflicts'}",
        why=why,
        fixes=[
            'name only one of them under [tool.neve]; a list of names in place of "all"',
            "or take the conflict out of tool.uv.conflicts, then `neve lock`, if one environment can hold them",
        ],
    )


def _reason(text: str) -> str:
    """What uv says is wrong: without what it says of its work, and without credentials."""
    lines = [
        line
        for line in text.splitlines()
        if line.strip() and not line.startswith(("Using CPython", "Resolved ", "warning: `VIRTUAL_ENV"))
    ]
    return re.sub(r"(://)[^/@\s]+@", r"\1", "\n".join(lines[-25:])) or "it gives no reason"


__all__ = ["complaint"]
