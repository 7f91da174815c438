"""What uv complains of, as errors with a place and remedies."""

from __future__ import annotations

import re
from collections.abc import Sequence

from neve.errors import NeveError, StaleError, TransientError

_NETWORK = re.compile(
    r"error sending request|dns error|connection (?:refused|reset)|timed out|tcp connect"
    r"|Could(?:n't connect to server| not resolve host)|Failed to connect to"  # git
    r"|5\d\d (?:Internal|Bad Gateway|Service|Gateway)|HTTP status server error",
    re.I,
)
_NEWER = re.compile(r"`uv\.lock` uses an unsupported schema version")
_BROKEN = re.compile(r"Failed to parse `uv\.lock`")
_STALE = re.compile(r"needs to be updated, but `--(?:check|locked)` was provided")
# What uv says of settings that it cannot read, before it goes on without them.
_IGNORED = re.compile(r"^warning: (Failed to parse `([^`]*)` during settings discovery:?(?:\n +.*|\n(?=\n +))*)", re.M)
_UNKNOWN_FIELD = re.compile(r"(unknown field `[^`]*`), expected .*")
_NO_COMMIT = re.compile(r"not our ref|could ?n[o']t find remote ref|failed to find (?:branch|tag|commit)", re.I)
_QUERY = re.compile(r"([A-Za-z+]+://[^\s'\"`?#]*)\?([^\s'\"`#)]+)")
_SHOWN_OF_QUERY = frozenset({"rev", "tag", "branch", "subdirectory", "lfs"})
_LINE = re.compile(r"TOML parse error at line (\d+)")
_UNKNOWN = re.compile(r"(Extra|Group) `([^`]*)` is not defined")
_CONFLICT = re.compile(r"^(?:error: )?(.+) are incompatible with the (?:declared )?conflicts", re.M)
_UNAUTHORIZED = re.compile(r"\b(?:401 Unauthorized|403 Forbidden)|[Mm]issing credentials")
_DISABLED = re.compile(r"network (?:connectivity )?(?:is|was) disabled", re.I)
_REFUSED = re.compile(r"\(os error (?:1|13|30)\)")
_FULL = re.compile(r"\(os error (?:28|122)\)|No space left on device")


def complaint(
    said: str, what: str, *, directory: str, offline: bool, fixes: Sequence[str], lock: str = "uv.lock"
) -> NeveError:
    """The error for a uv that failed, or went on without its settings, and ``said`` so on standard error.

    ``what`` and ``fixes`` are for what is not known better; ``lock`` is the name of the lock that uv keeps.
    """
    if ignored := _IGNORED.search(said):
        return _settings(ignored[2], ignored[1])
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
        return _stale(lock)
    where = directory
    if line and "Failed to parse: pyproject.toml" in why:
        where = f"pyproject.toml:{line[1]}"
    kind = TransientError if _NETWORK.search(why) and not offline else NeveError
    return kind(what, where=where, why=why, fixes=_remedies(why, fixes, offline=offline))


def _remedies(why: str, fixes: Sequence[str], *, offline: bool) -> Sequence[str]:
    """What helps against ``why``; ``fixes`` where nothing better is known."""
    if _FULL.search(why):
        return ["free some space there; uv's cache moves with UV_CACHE_DIR or XDG_CACHE_HOME"]
    if _REFUSED.search(why):
        return ["make it writable for this user; uv's cache moves with UV_CACHE_DIR or XDG_CACHE_HOME"]
    if _UNAUTHORIZED.search(why):
        return [
            "give credentials for the index in ~/.netrc, UV_INDEX_<NAME>_USERNAME and UV_INDEX_<NAME>_PASSWORD,"
            " or in the URL of UV_INDEX or UV_DEFAULT_INDEX"
        ]
    if offline:
        others = [fix for fix in fixes if not (_DISABLED.search(why) and fix.startswith("mend "))]
        return ["run the same command once without --offline", *others]
    if _NETWORK.search(why):  # nothing in the project mends that
        others = [fix for fix in fixes if not fix.startswith("mend ")]
        return ["try again; or check the address that uv names above, and the proxy", *others]
    if _NO_COMMIT.search(why):
        return ["check rev, tag or branch of the repository that uv names above; what is not pushed is not there"]
    return fixes


def _stale(lock: str) -> NeveError:
    """The lock does not answer what the project asks; uv does not say which of its files has changed."""
    project = "pyproject.toml, or that of a workspace member or of a path dependency,"
    return StaleError(
        f"{lock} is not fresh",
        where=lock,
        why=f"{project if lock == 'uv.lock' else 'what it was made of'} has changed since it was written",
        fixes=[
            "`neve lock` refreshes it (as `uv lock` does); with --upgrade it takes newer versions of everything",
            "or `--frozen` takes it as it is",
        ],
    )


def _settings(file: str, why: str) -> NeveError:
    """``file`` has settings that uv cannot read: it would go on without any of them, indexes and constraints too."""
    line = _LINE.search(why)
    why = "\n".join(line.rstrip() for line in _UNKNOWN_FIELD.sub(r"\1", why).splitlines() if line.strip())
    return NeveError(
        "uv cannot read its settings",
        where=f"{file}:{line[1]}" if line else file,
        why=_shown(why),
        fixes=[
            f"mend {'[tool.uv]' if file.endswith('pyproject.toml') else 'them'} there: uv would pass over all of it",
            "or, where a newer uv knows them: pip install --upgrade uv, where neve is installed",
        ],
    )


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
    """What uv says is wrong, its warnings last: without what it says of its work, and without credentials."""
    lines = [
        line
        for line in text.splitlines()
        if line.strip() and not line.startswith(("Using CPython", "Resolved ", "warning: `VIRTUAL_ENV"))
    ]
    parts: list[list[str]] = []
    for line in lines[-25:]:
        if not parts or line.startswith(("error:", "warning:", "hint:")) or not line[:1].isspace():
            parts.append([])
        parts[-1].append(line)
    parts.sort(key=lambda part: part[0].startswith("warning:"))
    return _shown("\n".join(line for part in parts for line in part)) or "it gives no reason"


def _shown(text: str) -> str:
    """``text`` without the credentials of the URLs in it: users, passwords, and what a query may hold."""
    return _QUERY.sub(_query, re.sub(r"(://)[^/@\s]+@", r"\1", text))


def _query(url: re.Match[str]) -> str:
    known = all(part.partition("=")[0] in _SHOWN_OF_QUERY for part in url[2].split("&"))
    return url[0] if known else f"{url[1]}?***"


__all__ = ["complaint"]
